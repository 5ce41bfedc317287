/** The line at the foot: how all servers together are doing. */
import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import type { ServerSummary } from '../../src-main/api/contract';
import { useConnection, useMe, useServers, useStatus } from '../client';
import { plural, summarizeStates, summaryGlyph } from '../client/words';
import { useNow } from '../ui/clock';
import { formatAge } from '../ui/format';
import { StateIcon } from '../ui/state-icon';

const useStyles = makeStyles({
  root: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalXL,
    height: '28px',
    paddingInline: tokens.spacingHorizontalM,
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: tokens.colorNeutralBackground3,
    color: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase200,
    fontVariantNumeric: 'tabular-nums',
    whiteSpace: 'nowrap',
    overflow: 'hidden',
  },
  part: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalSNudge, flexShrink: 0 },
  count: { minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis' },
  // The button that signs out names the person as well.
  person: {
    minWidth: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    '@media (max-width: 700px)': { display: 'none' },
  },
  // What program this is can be looked up; what it does now cannot.
  end: {
    marginInlineStart: 'auto',
    flexShrink: 1000,
    minWidth: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    '@media (max-width: 700px)': { display: 'none' },
  },
});

/** Ages are told in minutes. */
const tickMs = 15_000;

export function StatusBar(): ReactElement {
  const styles = useStyles();
  const now = useNow(tickMs);
  const isLost = useConnection((connection) => connection.state === 'lost');
  const servers = useServers().data ?? [];
  const status = useStatus().data;
  const me = useMe().data;
  return (
    <footer className={styles.root}>
      <span className={styles.part}>
        <StateIcon glyph={isLost ? 'failed' : summaryGlyph(servers)} />
        {isLost ? 'Engine out of reach' : summarizeStates(servers)}
      </span>
      <span className={styles.count}>{describeQueue(servers, now)}</span>
      <span className={styles.count}>{plural(sum(servers, 'sessions'), 'session')}</span>
      {me?.via === 'browser' && (
        <span className={styles.person}>
          Signed in as {me.name} ({me.role})
        </span>
      )}
      {status !== undefined && (
        <span className={styles.end}>
          {status.product} {status.version} {status.host === 'desktop' ? 'in this window' : 'as a service'} on{' '}
          {status.computerName}
        </span>
      )}
    </footer>
  );
}

const sum = (servers: readonly ServerSummary[], folder: 'queue' | 'sessions'): number =>
  servers.reduce((total, server) => total + server.counts[folder], 0);

/** "Queue 12 (oldest 4 min)" */
export function describeQueue(servers: readonly ServerSummary[], now: number): string {
  const arrivals = servers.flatMap((server) => server.oldestQueuedAt ?? []);
  const oldest = arrivals.length === 0 ? '' : ` (oldest ${formatAge(now - Math.min(...arrivals))})`;
  return `Queue ${sum(servers, 'queue').toLocaleString()}${oldest}`;
}
