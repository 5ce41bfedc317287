/** What came of asking each host, and a button to ask it now. Only hosts that are saved are asked. */
import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type { CollectionState } from '../../../../src-main/api/contract';
import { keys, readFault, useClient } from '../../../client';
import { formatClock, formatFullTime } from '../../../ui/format';
import { Group } from '../../group';

const useStyles = makeStyles({
  row: {
    display: 'flex',
    alignItems: 'center',
    columnGap: tokens.spacingHorizontalM,
    paddingBlock: tokens.spacingVerticalXS,
  },
  text: { flexGrow: 1, minWidth: 0, overflowWrap: 'anywhere' },
  detail: { display: 'block', color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
  bad: { color: tokens.colorPaletteRedForeground1 },
});

export function CollectionStates({ serverId }: { readonly serverId: number }): ReactElement | null {
  const client = useClient();
  const { data: states = [] } = useQuery({
    queryKey: [...keys.server(serverId), 'collections'],
    queryFn: () => client.collections.list({ serverId }),
  });
  if (states.length === 0) return null;
  return (
    <Group title="Last requests">
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
  const [fault, setFault] = useState<string>();
  const ask = (): void => {
    setFault(undefined);
    client.collections
      .ask({ serverId, name: state.name })
      .catch((error: unknown) => setFault(readFault(error).text));
  };
  const { result } = state;
  return (
    <div className={styles.row}>
      <div className={styles.text}>
        {state.name}
        <span className={styles.detail} role="status">
          {fault !== undefined || result?.isOk === false ? (
            <span className={styles.bad}>{fault ?? describeState(state)}</span>
          ) : (
            describeState(state)
          )}
        </span>
        <span className={styles.detail}>{describeNext(state)}</span>
      </div>
      <Button disabledFocusable={state.isAsking} onClick={ask}>
        Ask now
      </Button>
    </div>
  );
}

function describeState({ isAsking, askedAt, result }: CollectionState): string {
  if (isAsking) return 'Asking now…';
  if (askedAt === undefined || result === undefined) return 'Not asked yet.';
  return `${formatClock(askedAt)}: ${result.isOk ? '' : 'refused: '}${result.text}`;
}

const describeNext = ({ nextAskAt }: CollectionState): string =>
  nextAskAt === undefined ? 'Asked by hand only.' : `Next: ${formatFullTime(nextAskAt)}.`;
