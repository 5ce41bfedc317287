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

/** A notice that tells what was done, with a button that takes it back. */
export function noteDone({ text, undo }: Parameters<MailListSeams['onDone']>[0]): void {
  const takeBack = (): void => {
    undo().then(announce, (error: unknown) =>
      addNotice({ intent: 'error', title: 'Not taken back', text: readFault(error).text }),
    );
  };
  addNotice({
    intent: 'info',
    title: text,
    text: '',
    lastsMs: undoNoticeMs,
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
        onDelete={onDelete}
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
