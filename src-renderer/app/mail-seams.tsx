/** What the window gives to lists of mail: the panes that read and compare messages, and where acts are told. */
import { useCallback } from 'react';
import { readFault } from '../client';
import { CompareView, MessagePane } from '../mail-inspector';
import type { MailListSeams } from '../mail-lists';
import { announce } from '../ui/announcer';
import { addNotice, openDialog } from './console-store';

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
  const renderMessage = useCallback<MailListSeams['renderMessage']>(
    ({ address, row, onDelete }) => (
      <MessagePane
        address={address}
        row={row}
        onDelete={onDelete}
        whyNotDelete={forbidden}
        onResend={(message) => openDialog({ kind: 'resend', messages: [message] })}
      />
    ),
    [forbidden],
  );
  return {
    renderMessage,
    renderComparison: ([first, second]) => <CompareView first={first} second={second} />,
    onResend: forbidden === undefined ? (messages) => openDialog({ kind: 'resend', messages }) : undefined,
    onDone: noteDone,
  };
}
