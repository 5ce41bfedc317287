/**
 * Choosing a folder on the engine's computer: by the system's dialog in the desktop, else by a dialog over
 * `system.folders` that the shell shows while a request stands here.
 */
import { useCallback } from 'react';
import { create } from 'zustand';
import { useHost } from './context';

export interface FolderRequest {
  readonly startPath: string;
  readonly answer: (path: string | undefined) => void;
}

export const useFolderRequest = create<{ readonly request: FolderRequest | undefined }>(() => ({
  request: undefined,
}));

/** Resolves to undefined when the person cancels. */
export function usePickFolder(): (startPath: string) => Promise<string | undefined> {
  const host = useHost();
  return useCallback(
    (startPath) =>
      host !== undefined
        ? host.pickFolder(startPath)
        : new Promise((resolve) => {
            const answer = (path: string | undefined): void => {
              useFolderRequest.setState({ request: undefined });
              resolve(path);
            };
            useFolderRequest.setState({ request: { startPath, answer } });
          }),
    [host],
  );
}
