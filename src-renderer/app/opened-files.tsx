/** Message files that a person opens: chosen, dropped on the window, or handed over by the system. One is shown at a time. */
import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { create } from 'zustand';
import { readFault, useHost, useServers } from '../client';
import { type OpenedFile, OpenedMailDialog } from '../mail-inspector';
import { ResendDialog, type SentFile, whyNotSent } from '../resend';
import { announce } from '../ui/announcer';
import { addNotice } from './console-store';
import { useVerbTarget } from './use-target';
import { whyForbidden } from './verbs';

const mostWaiting = 10;
const useOpened = create<{ readonly files: readonly OpenedFile[] }>(() => ({ files: [] }));

/** The last one is on top; closing it shows the one before. */
function addFiles(files: readonly OpenedFile[]): void {
  useOpened.setState((state) => ({ files: [...state.files, ...files].slice(-mostWaiting) }));
}

/** The system's or the browser's question for files. */
export function chooseMessageFiles(): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = '.eml,message/rfc822';
  input.multiple = true;
  input.addEventListener('change', () => takeFiles(input.files));
  input.click();
}

function takeFiles(list: FileList | null): void {
  const files = [...(list ?? [])];
  const mail = files.filter(({ name, type }) => /\.eml$/i.test(name) || type === 'message/rfc822');
  if (mail.length < files.length)
    addNotice({
      intent: 'warning',
      title: 'Not opened',
      text: 'Only message files can be opened here: their names end in .eml.',
    });
  addFiles(mail.map((file) => ({ name: file.name, blob: file })));
}

const useStyles = makeStyles({
  hint: {
    position: 'fixed',
    inset: tokens.spacingHorizontalL,
    zIndex: 1_000_000,
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'center',
    border: `2px dashed ${tokens.colorBrandStroke1}`,
    borderRadius: tokens.borderRadiusLarge,
    backgroundColor: tokens.colorNeutralBackgroundAlpha2,
    color: tokens.colorNeutralForeground1,
    fontSize: tokens.fontSizeBase500,
    pointerEvents: 'none',
  },
});

export function OpenedFiles(): ReactElement {
  const styles = useStyles();
  const host = useHost();
  const file = useOpened((state) => state.files.at(-1));
  const isOver = useDroppedFiles();
  useEffect(
    () =>
      host?.onOpenFile(({ name, bytes }) => addFiles([{ name, blob: new Blob([new Uint8Array(bytes)]) }])),
    [host],
  );
  return (
    <>
      {isOver && <div className={styles.hint}>Drop message files here to open them</div>}
      {file !== undefined && (
        <OpenedFileDialog
          key={`${file.name}/${file.blob.size}`}
          file={file}
          onClose={() => useOpened.setState(({ files }) => ({ files: files.slice(0, -1) }))}
        />
      )}
    </>
  );
}

interface OpenedFileDialogProps {
  readonly file: OpenedFile;
  readonly onClose: () => void;
}

interface Sent {
  readonly text: string;
  /** undefined: there is nothing to take back any more. */
  readonly undo?: () => Promise<string>;
}

/** The message in a file, and sending it: that is told and taken back here, above it, where it can be seen. */
function OpenedFileDialog({ file, onClose }: OpenedFileDialogProps): ReactElement {
  const target = useVerbTarget();
  const [firstServer] = useServers().data ?? [];
  const [sending, setSending] = useState<SentFile>();
  const [sent, setSent] = useState<Sent>();
  const server = target.server ?? firstServer;
  const tell = (next: Sent): void => {
    setSent(next);
    announce(next.text);
  };
  const takeBack = (undo: () => Promise<string>): void => {
    undo().then(
      (text) => tell({ text }),
      (error: unknown) => tell({ text: `Not taken back. ${readFault(error).text}` }),
    );
  };
  const { undo } = sent ?? {};
  // The button that was pressed is gone with what it did.
  const told = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (sent !== undefined && undo === undefined) told.current?.focus();
  }, [sent, undo]);
  return (
    <>
      <OpenedMailDialog
        file={file}
        whyNotResend={whyForbidden('operator', target) ?? whyNotSent(file.blob.size)}
        onResend={server && ((_, envelope) => setSending({ ...file, ...envelope, serverId: server.id }))}
        notice={
          sent !== undefined && (
            <MessageBar intent="info">
              <MessageBarBody>
                <span ref={told} tabIndex={-1}>
                  {sent.text}
                </span>
              </MessageBarBody>
              {undo !== undefined && (
                <MessageBarActions>
                  <Button size="small" onClick={() => takeBack(undo)}>
                    Undo
                  </Button>
                </MessageBarActions>
              )}
            </MessageBar>
          )
        }
        onClose={onClose}
      />
      {sending !== undefined && (
        <ResendDialog what={{ file: sending }} onDone={tell} onClose={() => setSending(undefined)} />
      )}
    </>
  );
}

/** True while files are held above the window. A form that takes files itself keeps them. */
function useDroppedFiles(): boolean {
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
    const onOver = (event: DragEvent): void => {
      if (!hasFiles(event) || event.defaultPrevented) return;
      event.preventDefault();
      setIsOver(true);
    };
    const onLeave = (event: DragEvent): void => {
      // Leaving the window, not one of its elements.
      if (event.relatedTarget === null) setIsOver(false);
    };
    const onDrop = (event: DragEvent): void => {
      setIsOver(false);
      if (!hasFiles(event) || event.defaultPrevented) return;
      event.preventDefault();
      takeFiles(event.dataTransfer?.files ?? null);
    };
    window.addEventListener('dragover', onOver);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('drop', onDrop);
    };
  }, []);
  return isOver;
}
