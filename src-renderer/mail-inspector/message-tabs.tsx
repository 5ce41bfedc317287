/**
 * The views of one message as tabs. The tab that was chosen stays for the next message; where that message has
 * no such part, the best one is shown and the choice is kept.
 */
import { makeStyles, Tab, TabList, tokens } from '@fluentui/react-components';
import { type ReactElement, type ReactNode, useId } from 'react';
import { create } from 'zustand';
import { AttachmentPart } from './attachment-part';
import { HeaderPart } from './header-part';
import { HtmlPart } from './html-part';
import type { LoadedMessage } from './message-content';
import { usePartStyles } from './part-styles';
import { maxHtmlCharacters } from './sanitise-html';
import { SourcePart } from './source-part';
import { TextPart } from './text-part';

export interface LeadingTab {
  readonly id: string;
  readonly title: string;
  readonly content: ReactNode;
}

const useChosenTab = create<{ readonly id: string | undefined }>(() => ({ id: undefined }));

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', flexGrow: 1, minHeight: 0 },
  tabs: { flexShrink: 0, borderBottom: `1px solid ${tokens.colorNeutralStroke2}`, paddingLeft: '2px' },
  panel: { flexGrow: 1, minHeight: 0, overflow: 'hidden' },
});

interface PartTab {
  readonly id: string;
  readonly title: string;
  /** Why there is nothing to show; undefined when there is. */
  readonly missing: string | undefined;
  readonly render: () => ReactNode;
}

export interface MessageTabsProps {
  readonly message: LoadedMessage;
  /** Stands first, and is shown first. */
  readonly leading?: LeadingTab;
}

export function MessageTabs({ message, leading }: MessageTabsProps): ReactElement {
  const styles = useStyles();
  const parts = usePartStyles();
  const panelId = useId();
  const chosen = useChosenTab((state) => state.id);
  const tabs = listTabs(message, leading);
  const current =
    tabs.find((tab) => tab.id === chosen && tab.missing === undefined) ??
    tabs.find((tab) => tab.missing === undefined) ??
    tabs[0];
  return (
    <div className={styles.root}>
      <TabList
        size="small"
        className={styles.tabs}
        selectedValue={current?.id}
        onTabSelect={(_, data) => useChosenTab.setState({ id: String(data.value) })}
      >
        {tabs.map((tab) => (
          <Tab
            key={tab.id}
            id={`${panelId}-${tab.id}`}
            value={tab.id}
            disabled={tab.missing !== undefined}
            {...(tab.missing !== undefined && { title: tab.missing })}
            {...(tab === current && { 'aria-controls': panelId })}
          >
            {tab.title}
          </Tab>
        ))}
      </TabList>
      {message.problem !== undefined && (
        <div className={parts.bar} role="status">
          This message could not be taken apart; only its source is shown. {message.problem}
        </div>
      )}
      {message.isCut && (
        <div className={parts.bar} role="status">
          This message is larger than 32 MB. Only the first 32 MB are shown and saved; the whole file lies in
          the folder.
        </div>
      )}
      <div
        id={panelId}
        role="tabpanel"
        aria-labelledby={`${panelId}-${current?.id}`}
        className={styles.panel}
      >
        {current?.render()}
      </div>
    </div>
  );
}

function listTabs({ mail, bytes }: LoadedMessage, leading: LeadingTab | undefined): PartTab[] {
  const unread = 'The message could not be taken apart.';
  const isHtmlTooLarge = (mail?.html?.length ?? 0) > maxHtmlCharacters;
  const hasHtml = mail?.html !== undefined && mail.html.trim() !== '';
  const count = mail?.attachments.length ?? 0;
  return [
    ...(leading
      ? [{ id: leading.id, title: leading.title, missing: undefined, render: () => leading.content }]
      : []),
    {
      id: 'html',
      title: 'HTML',
      missing: !mail
        ? unread
        : isHtmlTooLarge
          ? 'The HTML part is too large to be shown safely.'
          : hasHtml
            ? undefined
            : 'This message has no HTML part.',
      render: () => mail?.html !== undefined && <HtmlPart html={mail.html} attachments={mail.attachments} />,
    },
    {
      id: 'text',
      title: 'Text',
      missing: !mail
        ? unread
        : mail.text === undefined && hasHtml
          ? 'This message has no text part.'
          : undefined,
      render: () => <TextPart text={mail?.text ?? ''} />,
    },
    { id: 'source', title: 'Source', missing: undefined, render: () => <SourcePart bytes={bytes} /> },
    {
      id: 'headers',
      title: 'Headers',
      missing: mail ? undefined : unread,
      render: () => mail && <HeaderPart mail={mail} bytes={bytes} />,
    },
    {
      id: 'attachments',
      title: `Attachments (${count})`,
      missing: !mail ? unread : count === 0 ? 'This message has no attachments.' : undefined,
      render: () => <AttachmentPart attachments={mail?.attachments ?? []} />,
    },
  ];
}
