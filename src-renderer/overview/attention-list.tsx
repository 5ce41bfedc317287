/** What needs a person, each with the button that helps. */
import {
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import type { ReactElement } from 'react';
import type { SystemStatus } from '../../src-main/api/contract';
import { ReasonedButton } from '../ui/reasoned-button';

type EngineAttention = SystemStatus['attention'][number];
export type AttentionAction = Exclude<EngineAttention['action'], 'none'> | 'restart';
/** What the engine lists, and what the console sees for itself. */
export type Attention = Omit<EngineAttention, 'action'> & { readonly action: AttentionAction | 'none' };

const actionTitles: Record<AttentionAction, string> = {
  'move-to-port-25': 'Move to port 25',
  start: 'Start',
  restart: 'Restart',
  properties: 'Properties',
  'open-badmail': 'Open Badmail',
  certificates: 'Certificates',
  'sign-ins': 'OAuth2 Sign-ins',
  sessions: 'Current Sessions',
};

const useStyles = makeStyles({
  list: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalS,
    marginBlockEnd: tokens.spacingVerticalXL,
  },
});

export interface AttentionListProps {
  readonly items: readonly Attention[];
  readonly onAct: (item: Attention, action: AttentionAction) => void;
  /** Why this person cannot do it now; undefined: it can be done. */
  readonly whyNot: (action: AttentionAction) => string | undefined;
}

export function AttentionList({ items, onAct, whyNot }: AttentionListProps): ReactElement | null {
  const styles = useStyles();
  if (items.length === 0) return null;
  return (
    <section className={styles.list} aria-label="Needs attention">
      {items.map((item) => {
        const action = item.action === 'none' ? undefined : item.action;
        return (
          <MessageBar key={`${item.serverId}/${item.code}/${item.text}`} intent="warning">
            <MessageBarBody>{item.text}</MessageBarBody>
            {action !== undefined && (
              <MessageBarActions>
                <ReasonedButton size="small" reason={whyNot(action)} onClick={() => onAct(item, action)}>
                  {actionTitles[action]}
                </ReasonedButton>
              </MessageBarActions>
            )}
          </MessageBar>
        );
      })}
    </section>
  );
}
