/**
 * Badmail as a workbench: causes on top with what they mean and what to do, the messages of one of them, and the
 * chosen message. Sending again and deleting act on the selection, at once, and can be taken back.
 */
import { Link, MessageBar, MessageBarBody, makeStyles, tokens } from '@fluentui/react-components';
import {
  ArrowDownload20Regular,
  ArrowRepeatAll20Regular,
  CheckmarkCircle24Regular,
  Delete20Regular,
  MailEdit20Regular,
} from '@fluentui/react-icons';
import { type ReactElement, type ReactNode, useState } from 'react';
import type { CauseGroup, MessageAddress, MessageRow } from '../../src-main/api/contract';
import { readFault, useServerDetails } from '../client';
import { useNow } from '../ui/clock';
import { DataList } from '../ui/data-list';
import { EmptyState } from '../ui/empty-state';
import { formatCount } from '../ui/format';
import { LateSpinner } from '../ui/late-spinner';
import { ReasonedButton } from '../ui/reasoned-button';
import { useSelectedRows } from '../ui/selected-rows';
import { SplitPane } from '../ui/split-pane';
import { useBadmailColumns } from './badmail-columns';
import { useBadmail, useCauses } from './badmail-reading';
import { CauseList } from './cause-list';
import { type ChosenCause, causeOf, causeTitle, describeAmount, describeRetention } from './cause-words';
import { type BadmailResend, type Done, useBadmailVerbs } from './use-badmail-verbs';

/** The engine takes no more in one call. */
const maxSelected = 10_000;

const useStyles = makeStyles({
  // In a small window, or much enlarged, the page scrolls: each part stays large enough to be used.
  root: { display: 'flex', flexDirection: 'column', height: '100%', minHeight: 0, overflowY: 'auto' },
  rest: { flexGrow: 1, flexShrink: 0, flexBasis: 0, minHeight: '280px' },
  bar: { flexShrink: 0 },
  top: {
    display: 'grid',
    gridTemplateColumns: 'minmax(min(456px, 60%), 1fr) minmax(0, 1fr)',
    flexShrink: 0,
    height: 'clamp(136px, 20vh, 260px)',
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  about: {
    minWidth: 0,
    overflow: 'auto',
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalL}`,
    borderLeft: `1px solid ${tokens.colorNeutralStroke3}`,
    '& h2': { margin: 0, fontSize: tokens.fontSizeBase400, fontWeight: tokens.fontWeightSemibold },
    '& p': { margin: `${tokens.spacingVerticalS} 0 0`, maxWidth: '70ch' },
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '-2px' },
  },
  quiet: { color: tokens.colorNeutralForeground2 },
  strip: {
    display: 'flex',
    alignItems: 'center',
    flexWrap: 'wrap',
    gap: '2px',
    flexShrink: 0,
    minHeight: '34px',
    padding: `0 ${tokens.spacingHorizontalM}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    color: tokens.colorNeutralForeground2,
  },
  count: { flexGrow: 1, minWidth: 0, fontVariantNumeric: 'tabular-nums' },
});

/** What the window gives: the panes of other features, and where to tell what was done. */
export interface BadmailSeams {
  readonly renderMessage: (message: {
    readonly address: MessageAddress;
    readonly row: MessageRow | undefined;
    readonly onDelete: () => void;
  }) => ReactNode;
  readonly onResend: BadmailResend;
  /** Asks how these messages are sent again, and does it. */
  readonly onEditAndResend?: ((messages: readonly MessageAddress[]) => void) | undefined;
  /** Saves these messages as files. */
  readonly renderExport?: (messages: readonly MessageAddress[], onClose: () => void) => ReactNode;
  readonly onShowTrace?: ((queueId: string) => void) | undefined;
  /** Where it is set how long mail stays. */
  readonly onOpenRetention: () => void;
  /** Tells what was done; `undo` takes it back. */
  readonly onDone: (done: Done) => void;
}

export interface BadmailViewProps extends BadmailSeams {
  readonly serverId: number;
  /** Why this person may only read here; undefined: messages can be acted on. */
  readonly forbidden: string | undefined;
  /** Somebody was led to this message: it is chosen. */
  readonly meantId?: string | undefined;
  /** The menu of the selection belongs to the window. */
  readonly onContextMenu?: (at: { readonly x: number; readonly y: number }) => void;
}

const rowKey = (row: MessageRow): string => row.id;

export function BadmailView(props: BadmailViewProps): ReactElement {
  return <Badmail key={props.serverId} {...props} />;
}

function Badmail(props: BadmailViewProps): ReactElement {
  const { serverId, forbidden, onContextMenu, renderMessage, renderExport } = props;
  const styles = useStyles();
  const now = useNow(60_000);
  const causes = useCauses(serverId).data;
  const [wanted, setWanted] = useState<ChosenCause>();
  // A cause whose last message has gone is none any more.
  const group = causes?.groups.find((each) => causeOf(each) === wanted);
  const cause = causes === undefined || group !== undefined ? wanted : undefined;
  const pages = useBadmail(serverId, cause);
  const columns = useBadmailColumns({ now, isOneCause: cause !== undefined });
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [meantId, setMeantId] = useState<string>();
  if (props.meantId !== undefined && props.meantId !== meantId) {
    setMeantId(props.meantId);
    setWanted(undefined);
    setSelected(new Set([props.meantId]));
  }
  const [rows, setRows] = useState<readonly MessageRow[]>([]);
  const [exported, setExported] = useState<readonly MessageAddress[]>();
  const [note, setNote] = useState<string>();
  const known = useSelectedRows<MessageRow>({
    pages,
    rowKey,
    selectedKeys: selected,
    onRows: (found, keys) => {
      setRows(found);
      if (keys !== selected) setSelected(keys);
    },
  });
  const chosen = [...selected].map((id): MessageAddress => ({ serverId, folder: 'badmail', id }));
  const verbs = useBadmailVerbs({
    serverId,
    pages,
    selected,
    forbidden,
    onSelect: setSelected,
    onResend: props.onResend,
    onEditAndResend: props.onEditAndResend,
    onExport: renderExport === undefined ? undefined : () => setExported(chosen),
    onShowTrace: props.onShowTrace,
    onDone: props.onDone,
  });
  const selectAll = (): void => {
    setNote(undefined);
    void pages.readMany(maxSelected).then(
      (all) => {
        known.remember(all);
        setSelected(new Set(all.map(rowKey)));
        if (pages.total > maxSelected) setNote(`The first ${maxSelected.toLocaleString()} are selected.`);
      },
      (error: unknown) => setNote(readFault(error).text),
    );
  };
  const [onlyId] = selected.size === 1 ? selected : [];
  const list = (
    <DataList<MessageRow>
      label="Badmail"
      listId="badmail"
      columns={columns}
      total={pages.total}
      rowAt={pages.rowAt}
      onVisible={pages.onVisible}
      rowKey={rowKey}
      selectedKeys={selected}
      onSelect={setSelected}
      onSelectAll={selectAll}
      onDelete={() => verbs.actions.delete?.()}
      {...(onContextMenu !== undefined && { onContextMenu: (_, at) => onContextMenu(at) })}
      page={{
        readRows: pages.readPage,
        actions: { ...verbs.actions, ...(pages.total > 0 && { 'select-all': selectAll }) },
        reasons: verbs.reasons,
      }}
      empty={
        pages.isLoading ? (
          <LateSpinner label="Reading the folder" />
        ) : (
          <EmptyState
            icon={<CheckmarkCircle24Regular />}
            title="Nothing failed."
            text="Messages that could be neither delivered nor returned come to rest here, with the reason."
          />
        )
      }
    />
  );
  const problem =
    verbs.fault ?? note ?? (pages.error === undefined ? undefined : readFault(pages.error).text);
  const isEmpty = pages.total === 0 && cause === undefined;
  return (
    <div className={styles.root}>
      {problem !== undefined && (
        <MessageBar intent="warning" className={styles.bar}>
          <MessageBarBody>{problem}</MessageBarBody>
        </MessageBar>
      )}
      {!isEmpty && causes !== undefined && (
        <div className={styles.top}>
          <CauseList
            groups={causes.groups}
            total={causes.total}
            now={now}
            chosen={cause}
            onChoose={(next) => {
              setWanted(next);
              if (next !== cause) setSelected(new Set());
            }}
          />
          <AboutCause
            serverId={serverId}
            group={group}
            total={causes.total}
            counted={causes.counted}
            onOpenRetention={props.onOpenRetention}
          />
        </div>
      )}
      {!isEmpty && (
        <div className={styles.strip} role="toolbar" aria-label="Selected messages">
          <span className={styles.count}>
            {selected.size > 0
              ? `${selected.size.toLocaleString()} of ${formatCount(pages.total, 'message')} selected`
              : formatCount(pages.total, 'message')}
          </span>
          <VerbButton verbs={verbs} name="resend-edited" icon={<MailEdit20Regular />}>
            Edit and Resend…
          </VerbButton>
          <VerbButton verbs={verbs} name="resend" icon={<ArrowRepeatAll20Regular />}>
            Resend as It Was
          </VerbButton>
          <VerbButton verbs={verbs} name="save" icon={<ArrowDownload20Regular />}>
            Export…
          </VerbButton>
          <VerbButton verbs={verbs} name="delete" icon={<Delete20Regular />}>
            Delete
          </VerbButton>
        </div>
      )}
      <div className={styles.rest}>
        {pages.total === 0 ? (
          list
        ) : (
          <SplitPane
            direction="vertical"
            id="badmail"
            label="Resize the list"
            defaultSize={152}
            minSize={96}
            first={list}
            second={
              onlyId === undefined ? (
                <NothingOpen count={selected.size} canAct={forbidden === undefined} />
              ) : (
                renderMessage({
                  address: { serverId, folder: 'badmail', id: onlyId },
                  row: rows.find(({ id }) => id === onlyId),
                  onDelete: () => verbs.actions.delete?.(),
                })
              )
            }
          />
        )}
      </div>
      {exported !== undefined && renderExport?.(exported, () => setExported(undefined))}
    </div>
  );
}

interface VerbButtonProps {
  readonly verbs: ReturnType<typeof useBadmailVerbs>;
  readonly name: 'resend-edited' | 'resend' | 'save' | 'delete';
  readonly icon: ReactElement;
  readonly children: ReactNode;
}

function VerbButton({ verbs, name, icon, children }: VerbButtonProps): ReactElement {
  return (
    <ReasonedButton
      size="small"
      appearance="subtle"
      icon={icon}
      reason={verbs.reasons[name]}
      onClick={() => verbs.actions[name]?.()}
    >
      {children}
    </ReasonedButton>
  );
}

interface AboutCauseProps {
  readonly serverId: number;
  readonly group: CauseGroup | undefined;
  readonly total: number;
  readonly counted: number;
  readonly onOpenRetention: () => void;
}

/** What the chosen cause means and what to do about it; and how long what failed is kept. */
function AboutCause({ serverId, group, total, counted, onOpenRetention }: AboutCauseProps): ReactElement {
  const styles = useStyles();
  const settings = useServerDetails(serverId).data?.settings;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section className={styles.about} aria-label="About the cause" tabIndex={0}>
      <h2>{group === undefined ? 'All causes' : causeTitle(causeOf(group))}</h2>
      {group === undefined ? (
        <p>Choose a cause to see what it means, what to do about it, and its messages alone.</p>
      ) : (
        <>
          <p>{group.text}</p>
          <p>{group.advice}</p>
          <p className={styles.quiet}>{describeAmount(group)}</p>
        </>
      )}
      {counted < total && (
        <p className={styles.quiet} role="status">
          {counted.toLocaleString()} of {formatCount(total, 'message')} counted so far.
        </p>
      )}
      {settings !== undefined && (
        <p className={styles.quiet}>
          {describeRetention({
            keepDays: settings.badmailKeepDays,
            keepMessages: settings.badmailKeepMessages,
            keepMb: settings.badmailKeepMb,
          })}{' '}
          <Link as="button" onClick={onOpenRetention}>
            Housekeeping…
          </Link>
        </p>
      )}
    </section>
  );
}

interface NothingOpenProps {
  readonly count: number;
  readonly canAct: boolean;
}

function NothingOpen({ count, canAct }: NothingOpenProps): ReactElement {
  return count === 0 ? (
    <EmptyState title="No message selected" text="Select a message to see why it failed." />
  ) : (
    <EmptyState
      title={`${formatCount(count, 'message')} selected`}
      {...(canAct && { text: 'They can be sent again, exported or deleted together.' })}
    />
  );
}
