/** Signing in: opens the provider in a browser, or shows the code for one, and waits until it is done. */
import {
  Button,
  Field,
  Link,
  MessageBar,
  MessageBarBody,
  makeStyles,
  ProgressBar,
  Textarea,
  tokens,
} from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useEffect, useState } from 'react';
import type { SignInProgress, SignInRow, SignInStep } from '../../src-main/api/contract';
import { type ConsoleClient, keys, readFault, useClient } from '../client';
import { FormDialog } from '../ui/form-dialog';
import { useCopy } from '../ui/use-copy';
import { providerTitles } from './sign-in-words';

export interface SignInDialogProps {
  readonly row: SignInRow;
  readonly onClose: () => void;
}

type Phase =
  | { readonly kind: 'beginning' }
  | { readonly kind: 'waiting'; readonly step: Exclude<SignInStep, { kind: 'done' }> }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly reason: string };

const useStyles = makeStyles({
  body: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  text: { margin: 0 },
  codeRow: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalM, flexWrap: 'wrap' },
  code: {
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeHero800,
    lineHeight: tokens.lineHeightHero800,
    letterSpacing: '0.12em',
    userSelect: 'all',
  },
  quiet: { margin: 0, color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
});

export function SignInDialog({ row, onClose }: SignInDialogProps): ReactElement {
  const styles = useStyles();
  const [round, setRound] = useState(0);
  const phase = useSignIn(row.id, round);
  const isOver = phase.kind === 'done' || phase.kind === 'failed';
  return (
    <FormDialog
      title={`Sign in: ${row.name}`}
      size="wide"
      pageKey={phase.kind}
      isDirty={false}
      onSubmit={() => (phase.kind === 'failed' ? setRound(round + 1) : isOver && onClose())}
      onClose={onClose}
      buttons={
        phase.kind === 'failed'
          ? [
              <Button key="again" type="submit" appearance="primary">
                Try Again
              </Button>,
              <Button key="close" onClick={onClose}>
                Close
              </Button>,
            ]
          : [
              <Button
                key="close"
                type={isOver ? 'submit' : 'button'}
                appearance={isOver ? 'primary' : 'secondary'}
                onClick={onClose}
              >
                {isOver ? 'Close' : 'Cancel'}
              </Button>,
            ]
      }
    >
      <div className={styles.body}>
        {phase.kind === 'beginning' && <ProgressBar aria-label={`Asking ${providerTitles[row.provider]}`} />}
        {phase.kind === 'waiting' && phase.step.kind === 'device' && <Code step={phase.step} />}
        {phase.kind === 'waiting' && phase.step.kind === 'browser' && <Browser row={row} step={phase.step} />}
        {phase.kind === 'done' && (
          <MessageBar intent="success" layout="multiline">
            <MessageBarBody>Signed in. Mail that waited for it is sent now.</MessageBarBody>
          </MessageBar>
        )}
        {phase.kind === 'failed' && (
          <MessageBar intent="error" layout="multiline">
            <MessageBarBody>{phase.reason}</MessageBarBody>
          </MessageBar>
        )}
      </div>
    </FormDialog>
  );
}

/** Begins anew with each `round`; whoever leaves cancels what is under way. */
function useSignIn(id: string, round: number): Phase {
  const client = useClient();
  const queryClient = useQueryClient();
  const [phase, setPhase] = useState<Phase>({ kind: 'beginning' });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the round is what this begins anew for.
  useEffect(() => {
    const stop = new AbortController();
    const show = (next: Phase): void => {
      if (!stop.signal.aborted) setPhase(next);
    };
    show({ kind: 'beginning' });
    void signIn({ client, id, signal: stop.signal, show }).finally(
      () => void queryClient.invalidateQueries({ queryKey: keys.signIns }),
    );
    return () => stop.abort();
  }, [client, queryClient, id, round]);
  return phase;
}

interface Run {
  readonly client: ConsoleClient;
  readonly id: string;
  readonly signal: AbortSignal;
  readonly show: (phase: Phase) => void;
}

async function signIn({ client, id, signal, show }: Run): Promise<void> {
  try {
    const step = await client.oauth.beginSignIn({ id });
    if (step.kind === 'done') return show({ kind: 'done' });
    const { attemptId } = step;
    const cancel = (): void => void client.oauth.cancelSignIn({ id, attemptId }).catch(() => undefined);
    if (signal.aborted) return cancel();
    signal.addEventListener('abort', cancel, { once: true });
    show({ kind: 'waiting', step });
    const end = await waitForEnd(client, { id, attemptId }, signal);
    signal.removeEventListener('abort', cancel);
    if (end.state === 'done') show({ kind: 'done' });
    else if (end.state === 'failed') show({ kind: 'failed', reason: end.reason });
    else show({ kind: 'failed', reason: 'This sign-in was begun anew somewhere else, or cancelled.' });
  } catch (error) {
    show({ kind: 'failed', reason: readFault(error).text });
  }
}

async function waitForEnd(
  client: ConsoleClient,
  attempt: { readonly id: string; readonly attemptId: string },
  signal: AbortSignal,
): Promise<SignInProgress> {
  for (;;) {
    const progress = await client.oauth.pollSignIn(attempt, { signal });
    if (progress.state !== 'waiting' || signal.aborted) return progress;
  }
}

function Code({ step }: { readonly step: Extract<SignInStep, { kind: 'device' }> }): ReactElement {
  const styles = useStyles();
  return (
    <>
      <p className={styles.text}>
        Open{' '}
        <Link href={step.completeUri ?? step.verificationUri} target="_blank" rel="noreferrer" inline>
          {step.verificationUri}
        </Link>{' '}
        on any device, enter this code, and sign in as the mailbox that sends.
      </p>
      <div className={styles.codeRow}>
        <span className={styles.code}>{step.userCode}</span>
        <CopyButton text={step.userCode} what="Code" data-first-focus />
      </div>
      <Waiting />
    </>
  );
}

function Browser({
  row,
  step,
}: {
  readonly row: SignInRow;
  readonly step: Extract<SignInStep, { kind: 'browser' }>;
}): ReactElement {
  const styles = useStyles();
  const client = useClient();
  const [address, setAddress] = useState('');
  const [fault, setFault] = useState<string>();
  const complete = async (): Promise<void> => {
    setFault(undefined);
    try {
      await client.oauth.completeSignIn({ id: row.id, attemptId: step.attemptId, address });
    } catch (error) {
      setFault(readFault(error).text);
    }
  };
  return (
    <>
      <p className={styles.text}>
        Sign in at {row.provider === 'custom' ? 'the provider' : providerTitles[row.provider]} as{' '}
        {row.mailbox === '' ? 'the mailbox that sends' : row.mailbox}.
      </p>
      <div className={styles.codeRow}>
        <Button as="a" appearance="primary" href={step.url} target="_blank" rel="noreferrer" data-first-focus>
          Open the browser
        </Button>
        <CopyButton text={step.url} what="Address" label="Copy the address" />
      </div>
      <Waiting />
      <Field
        label="The browser is on another computer"
        hint={`In the end it shows a page that cannot be opened. Paste its address here; it begins with ${step.redirectUri}.`}
        {...(fault === undefined ? {} : { validationState: 'error', validationMessage: fault })}
      >
        <Textarea value={address} rows={2} onChange={(_, data) => setAddress(data.value)} />
      </Field>
      <div>
        <Button
          disabledFocusable={address.trim() === ''}
          onClick={() => address.trim() !== '' && void complete()}
        >
          Use this address
        </Button>
      </div>
    </>
  );
}

function Waiting(): ReactElement {
  const styles = useStyles();
  return (
    <div>
      <ProgressBar aria-label="Waiting for the sign-in" />
      <p className={styles.quiet} role="status">
        Waiting until somebody has signed in…
      </p>
    </div>
  );
}

function CopyButton({
  text,
  what,
  label = 'Copy',
  ...rest
}: {
  readonly text: string;
  /** As in "Code copied." */
  readonly what: string;
  readonly label?: string;
  readonly 'data-first-focus'?: boolean;
}): ReactElement {
  const styles = useStyles();
  const { copied, hasFailed, copy, forget } = useCopy();
  return (
    <>
      <Button {...rest} onClick={() => copy(text, what)} onBlur={forget}>
        {label}
      </Button>
      <span className={styles.quiet}>
        {copied === text && 'Copied.'}
        {hasFailed && 'The clipboard could not be used. Select the text and copy it.'}
      </span>
    </>
  );
}
