/** Saves messages: one as it lies on disk, several as one mbox file. Shows how far it is, and can be broken off. */
import { Button, Field, ProgressBar } from '@fluentui/react-components';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import type { MessageAddress } from '../../src-main/api/contract';
import { type ConsoleClient, readFault, useClient, useHost } from '../client';
import { FormDialog } from '../ui/form-dialog';
import { formatCount } from '../ui/format';
import { cleanFileName, downloadBytes } from '../ui/save-file';
import { type ExportProgress, exportMbox, mostExportedBytes, readWhole } from './export-mbox';

export interface ExportDialogProps {
  readonly messages: readonly MessageAddress[];
  readonly onClose: () => void;
}

type State =
  | { readonly kind: 'running'; readonly progress: ExportProgress }
  | { readonly kind: 'done' | 'failed'; readonly text: string };

export function ExportDialog({ messages, onClose }: ExportDialogProps): ReactElement {
  const client = useClient();
  const host = useHost();
  const [state, setState] = useState<State>({
    kind: 'running',
    progress: { done: 0, total: messages.length },
  });
  const controller = useRef<AbortController>(null);
  useEffect(() => {
    const stop = new AbortController();
    controller.current = stop;
    const run = async (): Promise<void> => {
      const file = await makeFile(client, messages, stop.signal, (progress) =>
        setState({ kind: 'running', progress }),
      );
      stop.signal.throwIfAborted();
      if (host === undefined) downloadBytes(file.name, file.bytes);
      else if (!(await host.saveFile(file.name, file.bytes))) return onClose();
      const rest =
        file.missing === 0 ? '' : ` ${formatCount(file.missing, 'message')} could not be read any more.`;
      setState({ kind: 'done', text: `${formatCount(file.count, 'message')} exported.${rest}` });
    };
    run().catch((error: unknown) => {
      if (!stop.signal.aborted) setState({ kind: 'failed', text: readFault(error).text });
    });
    return () => stop.abort();
  }, [client, host, messages, onClose]);
  return (
    <FormDialog
      title="Export messages"
      size="small"
      isDirty={false}
      onSubmit={onClose}
      onClose={onClose}
      buttons={[
        <Button key="close" type="submit" appearance={state.kind === 'running' ? 'secondary' : 'primary'}>
          {state.kind === 'running' ? 'Cancel' : 'Close'}
        </Button>,
      ]}
    >
      {state.kind === 'running' ? (
        <Field
          label={
            messages.length === 1
              ? 'The message as it lies on disk'
              : `${formatCount(messages.length, 'message')} as one mbox file`
          }
          {...(messages.length > 1 && { hint: 'Mail programs such as Thunderbird read it.' })}
        >
          <ProgressBar value={state.progress.total === 0 ? 0 : state.progress.done / state.progress.total} />
        </Field>
      ) : (
        <p role="status">{state.kind === 'failed' ? `Nothing was exported: ${state.text}` : state.text}</p>
      )}
    </FormDialog>
  );
}

interface ExportedFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly count: number;
  readonly missing: number;
}

/** One message stays what it is; several become an mbox file. */
async function makeFile(
  client: ConsoleClient,
  messages: readonly MessageAddress[],
  signal: AbortSignal,
  onProgress: (progress: ExportProgress) => void,
): Promise<ExportedFile> {
  const [only, ...others] = messages;
  if (only !== undefined && others.length === 0) {
    const message = await readWhole(client, only, signal, mostExportedBytes);
    if (message === undefined) return { name: 'message.eml', bytes: new Uint8Array(), count: 0, missing: 1 };
    const name = cleanFileName(`${message.subject.trim().slice(0, 80)}.eml`, `${only.id}.eml`);
    return { name, bytes: message.bytes, count: 1, missing: 0 };
  }
  const { blob, count, missing } = await exportMbox({ client, messages, signal, onProgress });
  return { name: 'messages.mbox', bytes: new Uint8Array(await blob.arrayBuffer()), count, missing };
}
