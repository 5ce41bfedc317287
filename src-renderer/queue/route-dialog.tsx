/** Sends waiting mail another way than the settings say. */
import { Button, MessageBar, MessageBarBody, makeStyles, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type { ChosenWay } from '../../src-main/api/contract';
import { keys, useAction, useClient } from '../client';
import { FormDialog } from '../ui/form-dialog';
import { checkWay, emptyWay, WayChoice, type WayFault, wayOf } from '../ui/way-choice';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
});

export interface RouteDialogProps {
  readonly serverId: number;
  /** "3 messages" */
  readonly what: string;
  /** Rejects where the engine refuses. */
  readonly onRoute: (way: ChosenWay | null) => Promise<void>;
  readonly onClose: () => void;
}

/** As many as a person looks through; any other name can be typed. */
const maxDomains = 200;

export function RouteDialog({ serverId, what, onRoute, onClose }: RouteDialogProps): ReactElement {
  const styles = useStyles();
  const client = useClient();
  const action = useAction();
  const [way, setWay] = useState(emptyWay);
  const [fault, setFault] = useState<WayFault>();
  const domains = useQuery({
    queryKey: [...keys.domains(serverId), 'remote-names'],
    queryFn: () => client.domains.list({ serverId, offset: 0, limit: maxDomains }),
  }).data?.rows;
  const submit = async (): Promise<void> => {
    const wrong = checkWay(way);
    setFault(wrong);
    if (wrong !== undefined) return;
    if ((await action.run(() => onRoute(wayOf(way)))) === undefined) onClose();
  };
  return (
    <FormDialog
      title={`Change the route of ${what}`}
      size="small"
      isDirty={false}
      onSubmit={() => void submit()}
      onClose={onClose}
      buttons={[
        <Button key="ok" type="submit" appearance="primary" disabledFocusable={action.isBusy}>
          Change Route
        </Button>,
        <Button key="cancel" onClick={onClose}>
          Cancel
        </Button>,
      ]}
    >
      <div className={styles.root}>
        <WayChoice
          label="They go"
          way={way}
          onWay={(next) => {
            setWay(next);
            setFault(undefined);
            action.forget();
          }}
          remoteDomains={(domains ?? []).filter(({ type }) => type === 'remote').map(({ name }) => name)}
          fault={fault}
        />
        <div>The messages are tried that way at once. Settings stay as they are.</div>
        {action.fault !== undefined && (
          <MessageBar intent="error">
            <MessageBarBody>{action.fault.text}</MessageBarBody>
          </MessageBar>
        )}
      </div>
    </FormDialog>
  );
}
