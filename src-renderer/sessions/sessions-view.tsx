/** Current Sessions: those that are open, those that are over, and the addresses that are kept out; below, what was said. */
import { makeStyles, Tab, TabList, tokens } from '@fluentui/react-components';
import { type ReactElement, type ReactNode, useId, useState } from 'react';
import type { EndedSessionRow, SessionRow } from '../../src-main/api/contract';
import { EmptyState } from '../ui/empty-state';
import { SplitPane } from '../ui/split-pane';
import { EndedList } from './ended-list';
import { LockOutList } from './lock-out-list';
import { SessionDialogue } from './session-dialogue';
import { SessionList, type SessionListProps } from './session-list';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', height: '100%', minHeight: 0 },
  tabs: { flexShrink: 0, borderBottom: `1px solid ${tokens.colorNeutralStroke2}`, paddingLeft: '2px' },
  panel: { flexGrow: 1, minHeight: 0, overflow: 'hidden' },
});

const views = ['open', 'ended', 'locked-out'] as const;
type View = (typeof views)[number];
const titles: Record<View, string> = { open: 'Open', ended: 'Ended', 'locked-out': 'Locked Out' };

export interface SessionsViewProps extends SessionListProps {
  /** Why this person may only read here; undefined: sessions can be acted on. */
  readonly forbidden: string | undefined;
  /** Connections that are open. */
  readonly openCount: number;
  /** What is shown first. */
  readonly firstView: View;
}

const nobody: ReadonlySet<string> = new Set();

export function SessionsView(props: SessionsViewProps): ReactElement {
  const { serverId, forbidden, onSelect, onRows } = props;
  const styles = useStyles();
  const id = useId();
  const [view, setView] = useState(props.firstView);
  // Who watches a session wants to see how it ends: it stays when it has left the list.
  const [watched, setWatched] = useState<SessionRow>();
  const [endedKeys, setEndedKeys] = useState(nobody);
  const [ended, setEnded] = useState<EndedSessionRow>();
  const show = (next: View): void => {
    setView(next);
    setWatched(undefined);
    // The verbs of the window mean open sessions.
    onRows([], nobody);
    onSelect(nobody);
  };
  const list = (
    <SessionList
      {...props}
      onRows={(rows, ids) => {
        onRows(rows, ids);
        const [only, ...others] = rows;
        if (only !== undefined) setWatched(others.length === 0 ? only : undefined);
      }}
    />
  );
  const isAlone = props.openCount === 0 && watched === undefined;
  const endedList = (
    <EndedList
      serverId={serverId}
      selectedKeys={endedKeys}
      onSelect={setEndedKeys}
      onRows={(rows) => setEnded(rows[0])}
    />
  );
  const page = {
    open: isAlone ? list : <WithDialogue serverId={serverId} list={list} session={watched} />,
    ended: <WithDialogue serverId={serverId} list={endedList} session={ended} />,
    'locked-out': <LockOutList serverId={serverId} forbidden={forbidden} />,
  }[view];
  return (
    <div className={styles.root}>
      <TabList
        size="small"
        className={styles.tabs}
        selectedValue={view}
        onTabSelect={(_, data) => show(views.find((each) => each === data.value) ?? 'open')}
      >
        {views.map((each) => (
          <Tab key={each} id={`${id}-${each}`} value={each}>
            {titles[each]}
          </Tab>
        ))}
      </TabList>
      <div role="tabpanel" aria-labelledby={`${id}-${view}`} className={styles.panel}>
        {page}
      </div>
    </div>
  );
}

interface WithDialogueProps {
  readonly serverId: number;
  readonly list: ReactNode;
  readonly session: SessionRow | EndedSessionRow | undefined;
}

function WithDialogue({ serverId, list, session }: WithDialogueProps): ReactElement {
  return (
    <SplitPane
      direction="vertical"
      id="sessions"
      label="Resize the list"
      defaultSize={320}
      minSize={96}
      first={list}
      second={
        session === undefined ? (
          <EmptyState title="No session selected" text="Select a session to read what was said." />
        ) : (
          <SessionDialogue key={session.id} serverId={serverId} session={session} />
        )
      }
    />
  );
}
