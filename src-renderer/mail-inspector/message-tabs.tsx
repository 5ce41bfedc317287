/**
 * The views of one message as tabs. The tab that was chosen stays for the next message; where that message has
 * no such part, the best one is shown and the choice is kept.
 */
import { makeStyles, Tab, TabList, tokens } from '@fluentui/react-components';
import { type ReactElement, type ReactNode, useId } from 'react';
import { create } from 'zustand';
import type { MessageRow } from '../../src-main/api/contract';
import { formatSize } from '../ui/format';
import { LateSpinner } from '../ui/late-spinner';
import { checkTabs } from './check-tabs';
import { DialoguePart } from './dialogue-part';
import { EnvelopePart, headerAddresses } from './envelope-part';
import { HeaderPart } from './header-part';
import { HtmlPart } from './html-part';
import type { OpenMail } from './mail-reader';
import type { MessageAddress } from './message-content';
import { usePartStyles } from './part-styles';
import { PartsPart } from './parts-part';
import { usePictures } from './pictures';
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
  // Ten tabs are wider than a narrow pane.
  tabs: {
    flexShrink: 0,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    paddingLeft: '2px',
    overflowX: 'auto',
    scrollbarWidth: 'thin',
  },
  tab: { flexShrink: 0 },
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
  readonly mail: OpenMail;
  readonly row: MessageRow;
  /** undefined: it lies in no folder. */
  readonly address?: MessageAddress | undefined;
  /** Stands first, and is shown first. */
  readonly leading?: LeadingTab | undefined;
  readonly onShowTrace?: ((queueId: string) => void) | undefined;
}

export function MessageTabs(props: MessageTabsProps): ReactElement {
  const { mail } = props;
  const styles = useStyles();
  const parts = usePartStyles();
  const panelId = useId();
  const chosen = useChosenTab((state) => state.id);
  const tabs = listTabs(props);
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
            className={styles.tab}
            disabled={tab.missing !== undefined}
            {...(tab.missing !== undefined && { title: tab.missing })}
            {...(tab === current && { 'aria-controls': panelId })}
          >
            {tab.title}
          </Tab>
        ))}
      </TabList>
      {mail.problem !== undefined && (
        <div className={parts.bar} role="status">
          This message could not be taken apart; only its source is shown. {mail.problem}
        </div>
      )}
      {mail.isCut && (
        <div className={parts.bar} role="status">
          This message has {formatSize(mail.totalBytes)}. Only the first {formatSize(mail.sizeBytes)} are
          shown and saved; the whole file lies in the folder.
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

function listTabs({ mail, row, address, leading, onShowTrace }: MessageTabsProps): PartTab[] {
  const unread = 'The message could not be taken apart.';
  const noFolder = 'A message from a file has none.';
  const { content } = mail;
  const { html, text } = content?.summary ?? {};
  const hasHtml = html !== undefined && html.trim() !== '';
  const key = `${address?.serverId}/${address?.folder}/${row.id}`;
  return [
    ...(leading
      ? [{ id: leading.id, title: leading.title, missing: undefined, render: () => leading.content }]
      : []),
    {
      id: 'html',
      title: 'HTML',
      missing: !content ? unread : hasHtml ? content.htmlFault : 'This message has no HTML part.',
      render: () => html !== undefined && <HtmlWithPictures mail={mail} html={html} messageKey={key} />,
    },
    {
      id: 'text',
      title: 'Text',
      missing: !content
        ? unread
        : text === undefined && hasHtml
          ? 'This message has no text part.'
          : undefined,
      render: () => <TextPart text={text ?? ''} />,
    },
    {
      id: 'source',
      title: 'Source',
      missing: undefined,
      render: () => <SourcePart key={key} mail={mail} />,
    },
    {
      id: 'headers',
      title: 'Headers',
      missing: content ? undefined : unread,
      render: () => content && <HeaderPart key={key} fields={content.fields} />,
    },
    {
      id: 'parts',
      title: content ? `Parts (${content.structure.parts.length.toLocaleString()})` : 'Parts',
      missing: content ? undefined : unread,
      render: () => content && <PartsPart key={key} mail={mail} structure={content.structure} />,
    },
    {
      id: 'envelope',
      title: 'Envelope',
      missing: address ? undefined : noFolder,
      render: () =>
        address && (
          <EnvelopePart
            address={address}
            header={content && headerAddresses(content.summary, content.fields)}
            onShowTrace={onShowTrace}
          />
        ),
    },
    {
      id: 'dialogue',
      title: 'Dialogue',
      missing: address ? undefined : noFolder,
      render: () => address && <DialoguePart address={address} />,
    },
    ...checkTabs.map(({ id, title, render }) => ({
      id,
      title,
      missing: undefined,
      render: () => render({ mail, address }),
    })),
  ];
}

interface HtmlWithPicturesProps {
  readonly mail: OpenMail;
  readonly html: string;
  readonly messageKey: string;
}

function HtmlWithPictures({ mail, html, messageKey }: HtmlWithPicturesProps): ReactElement {
  const findPicture = usePictures(mail, mail.content?.summary);
  if (findPicture === undefined) return <LateSpinner label="Reading the pictures" />;
  return <HtmlPart html={html} findPicture={findPicture} messageKey={messageKey} />;
}
