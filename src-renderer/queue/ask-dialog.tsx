/** The hosts that keep mail for this virtual server: asking one of them now, and what it answered. */
import { Button, makeStyles, Spinner, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type { CollectionState } from '../../src-main/api/contract';
import { keys, readFault, useClient } from '../client';
import { announce } from '../ui/announcer';
import { FormDialog } from '../ui/form-dialog';
import { formatTime } from '../ui/format';

const useStyles = makeStyles({
  list: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalS,
    margin: 0,
    padding: 0,
    listStyle: 'none',
  },
  row: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalM,
    paddingBottom: tokens.spacingVerticalS,
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  words: { flexGrow: 1, minWidth: 0, overflowWrap: 'anywhere' },
  quiet: { color: tokens.colorNeutralForeground2 },
});

/** The hosts that can be asked; empty while the virtual server is stopped. */
export function useCollections(serverId: number): readonly CollectionState[] {
  const client = useClient();
  const { data } = useQuery({
    queryKey: [...keys.queue(serverId), 'collections'],
    queryFn: ({ signal }) => client.collections.list({ serverId }, { signal }),
  });
  return data ?? [];
}

export interface AskDialogProps {
  readonly serverId: number;
  readonly onClose: () => void;
}

export function AskDialog({ serverId, onClose }: AskDialogProps): ReactElement {
  const styles = useStyles();
  const client = useClient();
  const collections = useCollections(serverId);
  const [asking, setAsking] = useState<string>();
  const [answers, setAnswers] = useState<ReadonlyMap<string, string>>(new Map());
  const ask = async (name: string): Promise<void> => {
    setAsking(name);
    const text = await client.collections.ask({ serverId, name }).then(
      (answer) => answer.text,
      (error: unknown) => readFault(error).text,
    );
    setAsking(undefined);
    setAnswers((before) => new Map(before).set(name, text));
    announce(text);
  };
  return (
    <FormDialog
      title="Ask for Mail Now"
      size="small"
      isDirty={false}
      onSubmit={onClose}
      onClose={onClose}
      buttons={[
        <Button key="close" type="submit" appearance="primary">
          Close
        </Button>,
      ]}
    >
      <ul className={styles.list}>
        {collections.map(({ name, askedAt, result, isAsking }) => (
          <li key={name} className={styles.row}>
            <div className={styles.words}>
              <div>{name}</div>
              <div className={styles.quiet}>
                {answers.get(name) ??
                  (askedAt === undefined
                    ? 'Not asked yet.'
                    : `Asked ${formatTime(askedAt, Date.now())}. ${result?.text ?? ''}`)}
              </div>
            </div>
            <Button
              size="small"
              disabledFocusable={isAsking || asking !== undefined}
              icon={asking === name ? <Spinner size="extra-tiny" /> : null}
              onClick={() => asking === undefined && void ask(name)}
            >
              {asking === name ? 'Asking…' : 'Ask now'}
            </Button>
          </li>
        ))}
      </ul>
    </FormDialog>
  );
}
