/**
 * A message from a file, or from inside another message: the same tabs, in no folder. Read where it is; nothing of it
 * goes to the engine before somebody sends it.
 */
import {
  Button,
  Dialog,
  DialogSurface,
  DialogTitle,
  makeStyles,
  mergeClasses,
  tokens,
} from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons';
import { type ReactElement, type ReactNode, useEffect, useState } from 'react';
import type { MessageRow } from '../../src-main/api/contract';
import { EmptyState } from '../ui/empty-state';
import { useFocusReturn } from '../ui/focus-return';
import { LateSpinner } from '../ui/late-spinner';
import { type SuggestedEnvelope, suggestEnvelope } from './file-envelope';
import { type OpenMail, openMail, type ReadProgress } from './mail-reader';
import { blobSource } from './mail-sources';
import { MessageActions, messageKeys, useMessageActs } from './message-actions';
import { MessageSummary } from './message-summary';
import { MessageTabs } from './message-tabs';
import { usePartStyles } from './part-styles';

/** A message inside another one is put together in the page's memory. */
export const maxInnerBytes = 64 * 1024 * 1024;

/** A file that a person chose or dropped. */
export interface OpenedFile {
  readonly name: string;
  readonly blob: Blob;
}

const useStyles = makeStyles({
  surface: {
    padding: 0,
    width: 'calc(100vw - 48px)',
    maxWidth: 'calc(100vw - 48px)',
    height: 'calc(100vh - 48px)',
    maxHeight: 'calc(100vh - 48px)',
    display: 'flex',
    flexDirection: 'column',
    overflow: 'hidden',
  },
  title: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalS} 0 ${tokens.spacingHorizontalM}`,
    color: tokens.colorNeutralForeground2,
  },
  name: {
    flexGrow: 1,
    minWidth: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    fontSize: tokens.fontSizeBase200,
    lineHeight: tokens.lineHeightBase200,
    fontWeight: tokens.fontWeightRegular,
  },
  rest: { flexGrow: 1, minHeight: 0 },
  root: { height: '100%' },
});

interface Reading {
  readonly mail?: OpenMail;
  readonly problem?: string;
  readonly progress?: ReadProgress;
}

export interface OpenedMailProps {
  readonly file: OpenedFile;
  /** Sends it, with the envelope that its header suggests; undefined: it is not offered. */
  readonly onResend?: ((file: OpenedFile, envelope: SuggestedEnvelope) => void) | undefined;
  /** Why this person cannot send it; undefined: it can be done. */
  readonly whyNotResend?: string | undefined;
  /** What came of it, between its head and its parts. */
  readonly notice?: ReactNode;
}

function OpenedMail({ file, onResend, whyNotResend, notice }: OpenedMailProps): ReactElement {
  const styles = useStyles();
  const parts = usePartStyles();
  const [{ mail, problem, progress }, setReading] = useState<Reading>({});
  useEffect(() => {
    const reading = new AbortController();
    let opened: OpenMail | undefined;
    setReading({});
    openMail(blobSource(file.blob), {
      signal: reading.signal,
      onProgress: (done) => setReading({ progress: done }),
    }).then(
      (read) => {
        opened = read;
        if (reading.signal.aborted) read.close();
        else setReading({ mail: read });
      },
      (error: unknown) => {
        if (!reading.signal.aborted)
          setReading({ problem: error instanceof Error ? error.message : String(error) });
      },
    );
    return () => {
      reading.abort();
      opened?.close();
    };
  }, [file]);
  const row = mail && rowOf(mail, file);
  const onKeyDown = messageKeys(useMessageActs(mail, row));
  if (problem !== undefined) return <EmptyState title="The message could not be read." text={problem} />;
  if (mail === undefined || row === undefined)
    return (
      <LateSpinner
        label={
          progress === undefined
            ? 'Reading the message'
            : `Reading the message, ${Math.floor((100 * progress.doneBytes) / progress.totalBytes)} %`
        }
      />
    );
  return (
    <section className={mergeClasses(parts.column, styles.root)} aria-label="Message" onKeyDown={onKeyDown}>
      <MessageSummary
        row={row}
        summary={mail.content?.summary}
        isEnvelopeKnown={false}
        actions={
          <MessageActions
            mail={mail}
            row={row}
            whyNot={whyNotResend}
            {...(onResend !== undefined && {
              onResend: () => onResend(file, suggestEnvelope(mail.content)),
              resendTitle: 'Send…',
            })}
          />
        }
      />
      {notice}
      <MessageTabs mail={mail} row={row} />
    </section>
  );
}

/** What a folder would say about it. */
function rowOf({ content, totalBytes }: OpenMail, { name }: OpenedFile): MessageRow {
  const summary = content?.summary;
  const { from } = summary ?? {};
  return {
    id: name,
    receivedAt: summary?.date ?? 0,
    sizeBytes: totalBytes,
    from: from === undefined ? '' : from.name === '' ? from.address : `${from.name} <${from.address}>`,
    subject: summary?.subject ?? '',
    sender: from?.address ?? '',
    recipients: [...(summary?.to ?? []), ...(summary?.cc ?? [])].map(({ address }) => address),
    hasAttachments: (summary?.attachments.length ?? 0) > 0,
  };
}

export interface OpenedMailDialogProps extends OpenedMailProps {
  /** It is a part of another message, no file. */
  readonly isInside?: boolean;
  readonly onClose: () => void;
}

/** Across the window; Escape closes it. */
export function OpenedMailDialog({ isInside, onClose, ...opened }: OpenedMailDialogProps): ReactElement {
  const styles = useStyles();
  useFocusReturn();
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && onClose()}>
      <DialogSurface className={styles.surface}>
        <div className={styles.title}>
          <DialogTitle className={styles.name} action={null}>
            {isInside === true ? 'Message inside: ' : ''}
            {opened.file.name}
          </DialogTitle>
          <Button
            appearance="subtle"
            size="small"
            aria-label="Close"
            icon={<DismissRegular />}
            onClick={onClose}
          />
        </div>
        <div className={styles.rest}>
          <OpenedMail {...opened} />
        </div>
      </DialogSurface>
    </Dialog>
  );
}
