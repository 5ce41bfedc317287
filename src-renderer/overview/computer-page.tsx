/** All virtual servers of this computer. */
import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { describeBinding, type ServerSummary } from '../../src-main/api/contract';
import { useIsReachable } from '../client';
import { stateGlyph, stateWord } from '../client/words';
import { type Column, DataList } from '../ui/data-list';
import { EmptyState } from '../ui/empty-state';
import { ReasonedButton } from '../ui/reasoned-button';
import { StateIcon } from '../ui/state-icon';
import { type Attention, type AttentionAction, AttentionList } from './attention-list';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', height: '100%' },
  attention: { padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalL} 0` },
  list: { flexGrow: 1, minHeight: 0 },
  state: {
    display: 'inline-flex',
    verticalAlign: 'middle',
    alignItems: 'center',
    gap: tokens.spacingHorizontalSNudge,
  },
  danger: { color: tokens.colorPaletteRedForeground1, fontWeight: tokens.fontWeightSemibold },
});

function State({ server }: { readonly server: ServerSummary }): ReactElement {
  const styles = useStyles();
  const state = useIsReachable() ? server.state : 'unknown';
  return (
    <span className={styles.state}>
      <StateIcon glyph={stateGlyph(state)} />
      {stateWord(state)}
    </span>
  );
}

function Badmail({ count }: { readonly count: number }): ReactElement {
  const styles = useStyles();
  return <span className={count > 0 ? styles.danger : undefined}>{count.toLocaleString()}</span>;
}

const countColumn = (folder: 'sessions' | 'queue' | 'drop', title: string): Column<ServerSummary> => ({
  id: folder,
  title,
  width: 84,
  align: 'end',
  render: (server) => server.counts[folder].toLocaleString(),
  text: (server) => String(server.counts[folder]),
  isSortable: true,
  sortValue: (server) => server.counts[folder],
});

const bindingsOf = (server: ServerSummary): string => server.bindings.map(describeBinding).join(', ');

const columns: readonly Column<ServerSummary>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 240,
    render: (server) => server.name,
    text: (server) => server.name,
    isSortable: true,
  },
  {
    id: 'state',
    title: 'State',
    width: 130,
    render: (server) => <State server={server} />,
    text: (server) => stateWord(server.state),
    isSortable: true,
  },
  { id: 'bindings', title: 'Identities', width: 200, render: bindingsOf, text: bindingsOf, isGrowing: true },
  countColumn('sessions', 'Sessions'),
  countColumn('queue', 'Queue'),
  countColumn('drop', 'Drop'),
  {
    id: 'badmail',
    title: 'Badmail',
    width: 84,
    align: 'end',
    render: (server) => <Badmail count={server.counts.badmail} />,
    text: (server) => String(server.counts.badmail),
    isSortable: true,
    sortValue: (server) => server.counts.badmail,
  },
];

export interface ComputerPageProps {
  readonly servers: readonly ServerSummary[] | undefined;
  readonly attention: readonly Attention[];
  readonly selectedKeys: ReadonlySet<string>;
  readonly onSelect: (ids: ReadonlySet<string>) => void;
  readonly onAct: (item: Attention, action: AttentionAction) => void;
  /** Why this person cannot do it now; undefined: it can be done. */
  readonly whyNotAct: (action: AttentionAction) => string | undefined;
  readonly onOpen: (server: ServerSummary) => void;
  readonly onContextMenu: (server: ServerSummary, at: { x: number; y: number }) => void;
  readonly onNew: () => void;
  readonly whyNotNew: string | undefined;
}

export function ComputerPage(props: ComputerPageProps): ReactElement {
  const styles = useStyles();
  const { servers } = props;
  return (
    <div className={styles.root}>
      {props.attention.length > 0 && (
        <div className={styles.attention}>
          <AttentionList items={props.attention} onAct={props.onAct} whyNot={props.whyNotAct} />
        </div>
      )}
      <div className={styles.list}>
        <DataList
          label="SMTP virtual servers"
          listId="servers"
          columns={columns}
          total={servers?.length ?? 0}
          rowAt={(index) => servers?.[index]}
          rowKey={(server) => String(server.id)}
          selectedKeys={props.selectedKeys}
          onSelect={props.onSelect}
          onOpen={props.onOpen}
          onContextMenu={props.onContextMenu}
          isSingle
          page={{}}
          empty={
            servers === undefined ? null : (
              <EmptyState
                title="No virtual servers"
                text="A virtual server receives mail on its addresses and drops or relays it."
                action={
                  <ReasonedButton reason={props.whyNotNew} onClick={props.onNew}>
                    New SMTP virtual server…
                  </ReasonedButton>
                }
              />
            )
          }
        />
      </div>
    </div>
  );
}
