/** What was changed elsewhere while the sheet is open: told, and never overwritten unseen. */
import { Button, MessageBar, MessageBarActions, MessageBarBody } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { findForeignChanges, type Values } from './draft';
import { describeValue, readFacts, type Shape } from './facts';

export interface ForeignNoteProps {
  readonly opened: Values;
  readonly base: Values;
  readonly changes: Values;
  readonly shape: Shape;
  /** The settings that stand on the sheet. */
  readonly keys: readonly string[];
  readonly onSeen: () => void;
  readonly onTake: (keys: readonly string[]) => void;
}

export function ForeignNote({
  opened,
  base,
  changes,
  shape,
  keys,
  onSeen,
  onTake,
}: ForeignNoteProps): ReactElement | null {
  const foreign = findForeignChanges(opened, base, changes).filter(({ key }) => keys.includes(key));
  if (foreign.length === 0) return null;
  const conflicts = foreign.filter((change) => change.isConflict).map((change) => change.key);
  const titles = (list: readonly string[]): string =>
    list.map((key) => `"${readFacts(shape, key).title}"`).join(', ');
  const theirs = conflicts.map((key) => describeValue(base[key], readFacts(shape, key).unit)).join('; ');
  return (
    <MessageBar intent="info" layout="multiline">
      <MessageBarBody>
        Changed elsewhere meanwhile: {titles(foreign.map((change) => change.key))}.{' '}
        {conflicts.length > 0 &&
          `You have changed ${titles(conflicts)} too (theirs: ${theirs}); yours will replace ${conflicts.length === 1 ? 'it' : 'them'}.`}
      </MessageBarBody>
      <MessageBarActions>
        {conflicts.length > 0 && (
          <Button
            size="small"
            onClick={() => {
              onTake(conflicts);
              onSeen();
            }}
          >
            Keep theirs
          </Button>
        )}
        <Button size="small" onClick={onSeen}>
          {conflicts.length > 0 ? 'Keep mine' : 'OK'}
        </Button>
      </MessageBarActions>
    </MessageBar>
  );
}
