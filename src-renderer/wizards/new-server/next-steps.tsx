/** After the New SMTP Virtual Server wizard: what most people do next, each one click away. */
import { Button, MessageBar, MessageBarBody, makeStyles, tokens } from '@fluentui/react-components';
import { CheckmarkCircleFilled } from '@fluentui/react-icons';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { describeBinding, type ServerSummary } from '../../../src-main/api/contract';
import { type Fault, keys, readFault, useClient, useServerDetails } from '../../client';
import { FormDialog } from '../../ui/form-dialog';

export type NextStep = 'smart-host' | 'new-domain' | 'send-test';

export interface NextStepsDialogProps {
  readonly server: ServerSummary;
  readonly onStep: (step: NextStep) => void;
  readonly onClose: () => void;
}

const useStyles = makeStyles({
  // Away from the line above the first step.
  bar: { marginBlockEnd: tokens.spacingVerticalL },
  lead: { margin: `0 0 ${tokens.spacingVerticalL}` },
  steps: { margin: 0, padding: 0, listStyleType: 'none' },
  step: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) auto',
    alignItems: 'center',
    columnGap: tokens.spacingHorizontalL,
    paddingBlock: tokens.spacingVerticalM,
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  title: { margin: 0, fontWeight: tokens.fontWeightSemibold },
  text: { margin: 0, color: tokens.colorNeutralForeground2 },
  done: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalXS,
    color: tokens.colorPaletteGreenForeground1,
  },
});

/** This computer by its loopback addresses. */
const thisComputer = ['127.0.0.1', '::1'];

export function NextStepsDialog({ server, onStep, onClose }: NextStepsDialogProps): ReactElement {
  const styles = useStyles();
  const client = useClient();
  const queryClient = useQueryClient();
  const [fault, setFault] = useState<Fault>();
  const settings = useServerDetails(server.id).data?.settings;
  const isAllowed =
    settings?.relayMode === 'only' && thisComputer.every((address) => settings.relayList.includes(address));
  const steps = useRef<HTMLUListElement>(null);
  // The button goes once it is done, and the focus with it: the next step has it then.
  useEffect(() => {
    if (isAllowed && document.activeElement === document.body)
      steps.current?.querySelector<HTMLElement>('button')?.focus();
  }, [isAllowed]);
  const hasSmartHost = settings !== undefined && settings.smartHost !== '';
  const isFailed = server.state === 'failed';

  const allowThisComputer = async (): Promise<void> => {
    if (settings === undefined) return;
    try {
      await client.servers.set({
        serverId: server.id,
        patch: { relayList: [...new Set([...settings.relayList, ...thisComputer])] },
      });
      await queryClient.invalidateQueries({ queryKey: keys.server(server.id) });
      setFault(undefined);
    } catch (error) {
      setFault(readFault(error));
    }
  };

  return (
    <FormDialog
      title={`${server.name}: next steps`}
      size="wide"
      isDirty={false}
      onSubmit={onClose}
      onClose={onClose}
      buttons={[
        <Button key="close" type="submit" appearance="primary">
          Close
        </Button>,
      ]}
    >
      {isFailed ? (
        <MessageBar intent="error" layout="multiline" className={styles.bar}>
          <MessageBarBody>It was created, but could not be started. {server.problem}</MessageBarBody>
        </MessageBar>
      ) : (
        <p className={styles.lead}>
          It listens on {server.bindings.map(describeBinding).join(', ')} and drops mail for{' '}
          {server.defaultDomain}.
        </p>
      )}
      {fault !== undefined && (
        <MessageBar intent="error" layout="multiline" className={styles.bar}>
          <MessageBarBody>{fault.text}</MessageBarBody>
        </MessageBar>
      )}
      <ul ref={steps} className={styles.steps}>
        <Step
          title="Allow this computer to relay"
          text="Programs on this computer may then send mail to anywhere."
        >
          {isAllowed ? (
            <span className={styles.done} role="status">
              <CheckmarkCircleFilled aria-hidden /> Allowed
            </span>
          ) : (
            <Button onClick={() => void allowThisComputer()}>Allow</Button>
          )}
        </Step>
        <Step
          title={hasSmartHost ? 'Change the smart host' : 'Set a smart host'}
          text="All mail to other domains goes through one host, such as that of a provider."
        >
          <Button onClick={() => onStep('smart-host')}>
            {hasSmartHost ? 'Change the smart host…' : 'Set a smart host…'}
          </Button>
        </Step>
        <Step title="Add a remote domain" text="Mail for one domain takes a way of its own.">
          <Button onClick={() => onStep('new-domain')}>Add a remote domain…</Button>
        </Step>
        <Step title="Send a test message" text="Shows the dialogue and where the message ends up.">
          <Button disabledFocusable={isFailed} onClick={() => onStep('send-test')}>
            Send a test message…
          </Button>
        </Step>
      </ul>
    </FormDialog>
  );
}

function Step({
  title,
  text,
  children,
}: {
  readonly title: string;
  readonly text: string;
  readonly children: ReactElement;
}): ReactElement {
  const styles = useStyles();
  return (
    <li className={styles.step}>
      <div>
        <h3 className={styles.title}>{title}</h3>
        <p className={styles.text}>{text}</p>
      </div>
      {children}
    </li>
  );
}
