/** What the window gives to lists of mail: the panes that read and compare messages, and where acts are told. */
import { useCallback } from 'react';
import type { MessageAddress } from '../../src-main/api/contract';
import { readFault, useClient } from '../client';
import { CompareView, MessagePane, readReplyDraft } from '../mail-inspector';
import type { MailListSeams } from '../mail-lists';
import { announce } from '../ui/announcer';
import { addNotice, openDialog, showTrace } from './console-store';

/** Long enough to find the button; the messages themselves can be brought back for an hour. */
const undoNoticeMs = 60_000;

interface Done {
  readonly text: string;
  readonly undo: () => Promise<string>;
  /** How long it can be taken back. */
  readonly lastsMs?: number;
}

/** A notice that tells what was done, with a button that takes it back. */
export function noteDone({ text, undo, lastsMs = undoNoticeMs }: Done): void {
  const takeBack = (): void => {
    undo().then(
      (words) => {
        announce(words);
        addNotice({ intent: 'info', title: words, text: '', lastsMs: 8_000 });
      },
      (error: unknown) =>
        addNotice({ intent: 'error', title: 'Not taken back', text: readFault(error).text }),
    );
  };
  addNotice({
    intent: 'info',
    title: text,
    text: '',
    lastsMs,
    action: { label: 'Undo', run: takeBack },
  });
  announce(text);
}

export function useMailSeams(forbidden: string | undefined): MailListSeams {
  const client = useClient();
  const reply = useCallback(
    (address: MessageAddress): void => {
      readReplyDraft(client, address).then(
        (draft) => openDialog({ kind: 'send-test', serverId: address.serverId, draft }),
        (error: unknown) =>
          addNotice({ intent: 'error', title: 'The message could not be read', text: readFault(error).text }),
      );
    },
    [client],
  );
  const renderMessage = useCallback<MailListSeams['renderMessage']>(
    ({ address, row, onDelete }) => (
      <MessagePane
        address={address}
        row={row}
        // Mail in Queue is deleted on its own page, where one says whether its sender is told.
        onDelete={address.folder === 'queue' ? undefined : onDelete}
        whyNotDelete={forbidden}
        onShowTrace={showTrace}
        onReply={reply}
        onResend={(message) => openDialog({ kind: 'resend', messages: [message] })}
      />
    ),
    [forbidden, reply],
  );
  return {
    renderMessage,
    renderComparison: ([first, second]) => <CompareView first={first} second={second} />,
    onResend: forbidden === undefined ? (messages) => openDialog({ kind: 'resend', messages }) : undefined,
    onDone: noteDone,
  };
}
