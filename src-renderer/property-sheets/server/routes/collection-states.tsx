/** What came of asking each host, and a button to ask it now. Only hosts that are saved are asked. */
import { makeStyles, tokens } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type { CollectionState, Role } from '../../../../src-main/api/contract';
import { keys, readFault, useClient, useMe } from '../../../client';
import { useNow } from '../../../ui/clock';
import { formatFullTime, formatTime } from '../../../ui/format';
import { ReasonedButton } from '../../../ui/reasoned-button';
import { Group } from '../../group';
import { useSheet } from '../../sheet-context';

const useStyles = makeStyles({
  row: {
    display: 'flex',
    alignItems: 'center',
    columnGap: tokens.spacingHorizontalM,
    paddingBlock: tokens.spacingVerticalXS,
  },
  text: { flexGrow: 1, minWidth: 0, overflowWrap: 'anywhere' },
  detail: { display: 'block', color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
  note: { margin: 0, color: tokens.colorNeutralForeground2 },
  bad: { color: tokens.colorPaletteRedForeground1 },
});

/** Times of another day are written with their date. */
const clockStepMs = 60_000;

const statesOf = (serverId: number) => [...keys.server(serverId), 'collections'];

export function CollectionStates({ serverId }: { readonly serverId: number }): ReactElement | null {
  const client = useClient();
  const { data: states = [] } = useQuery({
    queryKey: statesOf(serverId),
    queryFn: () => client.collections.list({ serverId }),
  });
  const styles = useStyles();
  const isChanged = useSheet().isChanged('collections');
  if (states.length === 0 && !isChanged) return null;
  return (
    <Group title="Last requests">
      {isChanged && (
        <p className={styles.note}>Hosts are asked as they were applied last. Apply the changes first.</p>
      )}
      {states.map((state) => (
        <StateRow key={state.name} serverId={serverId} state={state} />
      ))}
    </Group>
  );
}

function StateRow({
  serverId,
  state,
}: {
  readonly serverId: number;
  readonly state: CollectionState;
}): ReactElement {
  const styles = useStyles();
  const client = useClient();
  const queryClient = useQueryClient();
  const role = useMe().data?.role;
  const [fault, setFault] = useState<string>();
  const [isSent, setIsSent] = useState(false);
  const isAsking = isSent || state.isAsking;
  const reread = (): Promise<void> => queryClient.invalidateQueries({ queryKey: statesOf(serverId) });
  const ask = async (): Promise<void> => {
    setFault(undefined);
    setIsSent(true);
    // Answers when the host has.
    const refusal = await client.collections.ask({ serverId, name: state.name }).then(
      () => undefined,
      (error: unknown) => readFault(error).text,
    );
    await reread();
    setFault(refusal);
    setIsSent(false);
  };
  const now = useNow(clockStepMs);
  const told = { ...state, isAsking };
  const isBad = !isAsking && (fault !== undefined || state.result?.isOk === false);
  return (
    <div className={styles.row}>
      <div className={styles.text}>
        {state.name}
        <span className={styles.detail} role="status">
          <span className={isBad ? styles.bad : undefined}>{fault ?? describeState(told, now)}</span>
        </span>
        <span
          className={styles.detail}
          title={state.nextAskAt === undefined ? '' : formatFullTime(state.nextAskAt)}
        >
          {describeNext(state, now)}
        </span>
      </div>
      <ReasonedButton reason={whyNotAsk(role, isAsking)} onClick={() => void ask()}>
        Ask now
      </ReasonedButton>
    </div>
  );
}

function whyNotAsk(role: Role | undefined, isAsking: boolean): string | undefined {
  if (role !== 'administrator' && role !== 'operator')
    return 'Operators and administrators may ask; you are a viewer.';
  return isAsking ? 'It is being asked now.' : undefined;
}

function describeState({ isAsking, askedAt, result }: CollectionState, now: number): string {
  if (isAsking) return 'Asking now…';
  if (askedAt === undefined || result === undefined) return 'Not asked yet.';
  return `${formatTime(askedAt, now)}: ${result.isOk ? '' : 'failed: '}${result.text}`;
}

const describeNext = ({ nextAskAt }: CollectionState, now: number): string =>
  nextAskAt === undefined ? 'Asked by hand only.' : `Next: ${formatTime(nextAskAt, now)}.`;
