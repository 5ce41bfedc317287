/** What can be done with a message that is open: buttons, and a menu for what has no room. */
import {
  Button,
  Menu,
  MenuDivider,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  makeStyles,
} from '@fluentui/react-components';
import {
  ArrowDownload20Regular,
  ArrowReply20Regular,
  Delete20Regular,
  MoreHorizontal20Regular,
  Send20Regular,
} from '@fluentui/react-icons';
import { type KeyboardEvent, type ReactElement, useState } from 'react';
import type { MessageEnvelope, MessageRow } from '../../src-main/api/contract';
import { announce } from '../ui/announcer';
import { formatFullTime, formatSender } from '../ui/format';
import { ReasonedButton } from '../ui/reasoned-button';
import { useCopy } from '../ui/use-copy';
import { envelopeText } from './envelope-words';
import type { OpenMail } from './mail-reader';
import { readPictures } from './pictures';
import { printDocument, printMessage } from './print-message';
import { sanitiseHtml } from './sanitise-html';
import { messageFileName, useSaveFile } from './saving';
import { decodeBytes } from './source-lines';

/** What a clipboard and its next owner can take. */
const maxCopiedBytes = 64 * 1024 * 1024;

const useStyles = makeStyles({
  // In a narrow pane the menu has all of it.
  button: { '@container message (max-width: 760px)': { display: 'none' } },
  problem: { alignSelf: 'center' },
});

export interface MessageActionsProps {
  /** undefined until it is read. */
  readonly mail: OpenMail | undefined;
  readonly row: MessageRow;
  /** undefined: a message that lies in no folder has no envelope. */
  readonly readEnvelope?: (() => Promise<MessageEnvelope>) | undefined;
  /** Each undefined where it is not offered. */
  readonly onResend?: (() => void) | undefined;
  /** Default: "Resend…". */
  readonly resendTitle?: string;
  readonly onReply?: (() => void) | undefined;
  readonly onDelete?: (() => void) | undefined;
  /** Why this person cannot act on mail; undefined: it can be done. */
  readonly whyNot?: string | undefined;
}

export interface MessageActs {
  readonly save: () => void;
  readonly saveHtml: () => void;
  readonly print: () => void;
  readonly copyText: () => void;
  readonly copySource: () => void;
  readonly problem: string | undefined;
}

export function useMessageActs(mail: OpenMail | undefined, row: MessageRow | undefined): MessageActs {
  const saveFile = useSaveFile();
  const { copy } = useCopy();
  const [problem, setProblem] = useState<string>();
  const attempt = (what: string, act: (mail: OpenMail, row: MessageRow) => Promise<void>) => () => {
    if (mail === undefined || row === undefined) return;
    setProblem(undefined);
    act(mail, row).catch((error: unknown) => {
      const text = `${what}: ${error instanceof Error ? error.message : String(error)}`;
      setProblem(text);
      announce(text, 'assertive');
    });
  };
  return {
    problem,
    save: attempt('It could not be saved', async (open, { subject, id }) => {
      const bytes = await open.readBytes(0, open.sizeBytes);
      await saveFile({ ...messageFileName(subject, id), bytes });
    }),
    saveHtml: attempt('It could not be saved', async (open, { subject, id }) => {
      const html = await htmlFile(open, subject);
      await saveFile({ ...messageFileName(subject, id, 'html'), bytes: new TextEncoder().encode(html) });
    }),
    print: attempt('It could not be printed', async (open, given) => {
      const pictures = await readPictures(open, open.content?.summary);
      const message = { head: headOf(open, given), ...bodyOf(open) };
      printMessage(printDocument(message, (contentId) => pictures.get(contentId)));
    }),
    copyText: attempt('It could not be copied', async (open) => copy(textOf(open), 'Text')),
    copySource: attempt('It could not be copied', async (open) => {
      if (open.sizeBytes > maxCopiedBytes) throw new Error('It is too large for the clipboard. Save it.');
      copy(decodeBytes(await open.readBytes(0, open.sizeBytes)), 'Source');
    }),
  };
}

/** Ctrl+S and Ctrl+P, anywhere in an open message. */
export function messageKeys({ save, print }: Pick<MessageActs, 'save' | 'print'>) {
  return (event: KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    const act = { s: save, p: print }[event.key.toLowerCase()];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
}

/** A file of its own: pictures of the message inside, nothing from elsewhere, no script. */
async function htmlFile(mail: OpenMail, subject: string): Promise<string> {
  const fault = mail.content?.htmlFault;
  if (fault !== undefined) throw new Error(fault);
  const pictures = await readPictures(mail, mail.content?.summary);
  return sanitiseHtml(mail.content?.summary.html ?? '', {
    findPicture: (contentId) => pictures.get(contentId),
    paper: 'light',
    areLinksKept: true,
    title: subject === '' ? 'No subject' : subject,
  }).document;
}

function bodyOf({ content }: OpenMail): { html: string | undefined; text: string } {
  const html = content?.htmlFault === undefined ? content?.summary.html : undefined;
  return { html, text: content?.summary.text ?? '' };
}

/** The text part, or what the HTML says. */
function textOf(mail: OpenMail): string {
  const { html, text } = bodyOf(mail);
  if (text !== '' || html === undefined) return text;
  const { document: source } = sanitiseHtml(html, { findPicture: () => undefined, paper: 'light' });
  const parsed = new DOMParser().parseFromString(source, 'text/html');
  for (const style of parsed.querySelectorAll('style')) style.remove();
  for (const block of parsed.querySelectorAll('br, p, div, tr, li, h1, h2, h3, h4, h5, h6'))
    block.append('\n');
  return (parsed.body.textContent ?? '')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function headOf({ content }: OpenMail, row: MessageRow): (readonly [string, string])[] {
  const list = (
    addresses: readonly { readonly name: string; readonly address: string }[] | undefined,
  ): string =>
    (addresses ?? [])
      .slice(0, 50)
      .map(({ name, address }) => (name === '' ? address : `${name} <${address}>`))
      .join(', ');
  const rows: (readonly [string, string])[] = [
    ['Subject', row.subject === '' ? 'No subject' : row.subject],
    ['From', row.from === '' ? formatSender(row.sender) : row.from],
    ['To', list(content?.summary.to)],
    ['Cc', list(content?.summary.cc)],
    ['Date', row.receivedAt > 0 ? formatFullTime(content?.summary.date ?? row.receivedAt) : ''],
  ];
  return rows.filter(([, value]) => value !== '');
}

export function MessageActions(props: MessageActionsProps): ReactElement {
  const { mail, row, readEnvelope, onResend, resendTitle = 'Resend…', onReply, onDelete, whyNot } = props;
  const styles = useStyles();
  const acts = useMessageActs(mail, row);
  const { copy } = useCopy();
  const isThere = mail !== undefined;
  const hasHtml = mail?.content?.summary.html !== undefined;
  const isContentKnown = mail?.content !== undefined;
  const copyEnvelope = (): void => {
    readEnvelope?.().then(
      (envelope) => copy(envelopeText(envelope), 'Envelope'),
      () => announce('The envelope could not be read.', 'assertive'),
    );
  };
  return (
    <>
      {acts.problem !== undefined && (
        <span className={styles.problem} role="alert">
          {acts.problem}
        </span>
      )}
      {onResend !== undefined && (
        <span className={styles.button}>
          <ReasonedButton size="small" icon={<Send20Regular />} reason={whyNot} onClick={onResend}>
            {resendTitle}
          </ReasonedButton>
        </span>
      )}
      {onReply !== undefined && (
        <span className={styles.button}>
          <ReasonedButton size="small" icon={<ArrowReply20Regular />} reason={whyNot} onClick={onReply}>
            Reply…
          </ReasonedButton>
        </span>
      )}
      <Button
        size="small"
        className={styles.button}
        icon={<ArrowDownload20Regular />}
        disabled={!isThere}
        onClick={acts.save}
      >
        Save…
      </Button>
      {onDelete !== undefined && (
        <span className={styles.button}>
          <ReasonedButton size="small" icon={<Delete20Regular />} reason={whyNot} onClick={onDelete}>
            Delete
          </ReasonedButton>
        </span>
      )}
      <Menu>
        <MenuTrigger disableButtonEnhancement>
          <Button
            size="small"
            icon={<MoreHorizontal20Regular />}
            aria-label="More actions for this message"
            title="More"
          />
        </MenuTrigger>
        <MenuPopover>
          <MenuList>
            {onResend !== undefined && (
              <MenuItem disabled={whyNot !== undefined} onClick={onResend}>
                {resendTitle}
              </MenuItem>
            )}
            {onReply !== undefined && (
              <MenuItem disabled={whyNot !== undefined} onClick={onReply}>
                Reply…
              </MenuItem>
            )}
            <MenuItem disabled={!isThere} secondaryContent="Ctrl+S" onClick={acts.save}>
              Save message…
            </MenuItem>
            <MenuItem disabled={!hasHtml} onClick={acts.saveHtml}>
              Save as HTML…
            </MenuItem>
            <MenuItem disabled={!isContentKnown} secondaryContent="Ctrl+P" onClick={acts.print}>
              Print…
            </MenuItem>
            <MenuDivider />
            <MenuItem disabled={!isContentKnown} onClick={acts.copyText}>
              Copy text
            </MenuItem>
            <MenuItem disabled={!isThere} onClick={acts.copySource}>
              Copy source
            </MenuItem>
            {readEnvelope !== undefined && <MenuItem onClick={copyEnvelope}>Copy envelope</MenuItem>}
            {onDelete !== undefined && <MenuDivider />}
            {onDelete !== undefined && (
              <MenuItem disabled={whyNot !== undefined} secondaryContent="Delete" onClick={onDelete}>
                Delete
              </MenuItem>
            )}
          </MenuList>
        </MenuPopover>
      </Menu>
    </>
  );
}
