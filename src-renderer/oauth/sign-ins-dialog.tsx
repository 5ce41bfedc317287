/** OAuth2 Sign-ins: those of this computer, how they stand, and what to do. */
import {
  Button,
  MessageBar,
  MessageBarBody,
  makeStyles,
  mergeClasses,
  tokens,
} from '@fluentui/react-components';
import { ErrorCircleFilled, PersonKeyRegular, WarningFilled } from '@fluentui/react-icons';
import { type ReactElement, useState } from 'react';
import type { SignInRow } from '../../src-main/api/contract';
import { keys, readFault, useAction, useClient, useMe, useServers } from '../client';
import { useNow } from '../ui/clock';
import { ConfirmDialog } from '../ui/confirm-dialog';
import { type Column, DataList } from '../ui/data-list';
import { EmptyState } from '../ui/empty-state';
import { FormDialog } from '../ui/form-dialog';
import { formatFullTime, formatTime } from '../ui/format';
import { ListWithVerbs } from '../ui/list-with-verbs';
import { ReasonedButton } from '../ui/reasoned-button';
import { useSignIns } from './queries';
import { SignInDialog } from './sign-in-dialog';
import { SignInForm } from './sign-in-form';
import { describeUse, providerTitles, signInVerb, standingOf, stateTitles } from './sign-in-words';

export interface SignInsDialogProps {
  /** Chooses one for a setting; the dialog is closed by `onClose` after it. Absent: there is nothing to choose for. */
  readonly onSelect?: ((id: string) => void) | undefined;
  readonly selectedId?: string;
  readonly onClose: () => void;
}

type Step =
  | { readonly kind: 'new' }
  | { readonly kind: 'edit' | 'sign-in' | 'remove'; readonly row: SignInRow };

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM, height: '100%' },
  intro: { margin: 0 },
  state: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalXS, minWidth: 0 },
  icon: { fontSize: '16px', flexShrink: 0 },
  warning: { color: tokens.colorPaletteMarigoldForeground1 },
  bad: { color: tokens.colorPaletteRedForeground1 },
});

const notChanged = 'Only an administrator can change this list.';

function whyNotRenew(row: SignInRow | undefined, isBusy: boolean): string | undefined {
  if (row?.state === 'needs-sign-in') return 'Somebody has to sign in first.';
  return isBusy ? 'The provider is being asked.' : undefined;
}

/** Days and hours matter here. */
const clockStepMs = 60_000;

export function SignInsDialog({ onSelect, selectedId = '', onClose }: SignInsDialogProps): ReactElement {
  const styles = useStyles();
  const client = useClient();
  const { data: rows, error } = useSignIns();
  const servers = useServers().data ?? [];
  const canChange = useMe().data?.role === 'administrator';
  const [currentId, setCurrentId] = useState(selectedId);
  const [step, setStep] = useState<Step>();
  const action = useAction(keys.signIns);
  const columns = useColumns(servers, useNow(clockStepMs));
  const row = rows?.find(({ id }) => id === currentId);
  const start = (kind: 'edit' | 'sign-in' | 'remove', of = row): void => {
    action.forget();
    if (canChange && of !== undefined) setStep({ kind, row: of });
  };
  const done = (made: SignInRow): void => {
    setCurrentId(made.id);
    // Whoever adds one wants to use it.
    const isNew = step?.kind === 'new' || made.state === 'needs-sign-in';
    setStep(isNew ? { kind: 'sign-in', row: made } : undefined);
  };
  const remove = (of: SignInRow): void => {
    setStep(undefined);
    void action.run(() => client.oauth.delete({ id: of.id }));
  };
  const renew = (of: SignInRow): void => void action.run(() => client.oauth.renew({ id: of.id }));
  const use = (of: SignInRow | undefined): void => {
    if (!onSelect || !canChange || of === undefined) return;
    onSelect(of.id);
    onClose();
  };
  const noAdd = canChange ? undefined : notChanged;
  const noChange = noAdd ?? (row === undefined ? 'Select a sign-in first.' : undefined);
  const told = action.fault?.text ?? (error === null ? undefined : readFault(error).text);
  const close = (
    <Button
      key="close"
      type={onSelect ? 'button' : 'submit'}
      {...(onSelect ? {} : { appearance: 'primary' })}
      onClick={onClose}
    >
      Close
    </Button>
  );
  return (
    <FormDialog
      title="OAuth2 Sign-ins"
      size="huge"
      isDirty={false}
      onSubmit={() => (onSelect ? use(row) : onClose())}
      onClose={onClose}
      note={
        action.isBusy ? (
          <span role="status">Asking the provider…</span>
        ) : canChange ? (
          'Changes here are in force at once.'
        ) : (
          notChanged
        )
      }
      buttons={
        onSelect
          ? [
              <Button
                key="use"
                type="submit"
                appearance="primary"
                disabledFocusable={!canChange || row === undefined}
              >
                Use this sign-in
              </Button>,
              close,
            ]
          : [close]
      }
    >
      <div className={styles.root}>
        <p className={styles.intro}>
          With a sign-in, a smart host such as Microsoft 365 or Google lets this computer log in without a
          password. It is chosen under Outbound Security.
        </p>
        {told !== undefined && (
          <MessageBar intent="error" layout="multiline">
            <MessageBarBody>{told}</MessageBarBody>
          </MessageBar>
        )}
        <ListWithVerbs
          onInsert={() => canChange && setStep({ kind: 'new' })}
          list={
            <DataList
              label="OAuth2 sign-ins"
              listId="sign-ins"
              columns={columns}
              total={rows?.length ?? 0}
              rowAt={(index) => rows?.[index]}
              rowKey={({ id }) => id}
              selectedKeys={new Set(row === undefined ? [] : [row.id])}
              isSingle
              onSelect={([id]) => setCurrentId(id ?? '')}
              onOpen={(each) => (onSelect ? use(each) : start('edit', each))}
              onDelete={() => start('remove')}
              empty={
                rows === undefined ? null : (
                  <EmptyState
                    icon={<PersonKeyRegular />}
                    title="No sign-ins yet"
                    text="Add one for each mailbox that sends by OAuth2. The provider has to know this computer as an application first."
                  />
                )
              }
            />
          }
          verbs={
            <>
              <ReasonedButton reason={noAdd} onClick={() => setStep({ kind: 'new' })}>
                Add…
              </ReasonedButton>
              <ReasonedButton reason={noChange} onClick={() => start('sign-in')}>
                {row === undefined ? 'Sign In…' : signInVerb(row)}
              </ReasonedButton>
              <ReasonedButton reason={noChange} onClick={() => start('edit')}>
                Edit…
              </ReasonedButton>
              <ReasonedButton
                reason={noChange ?? whyNotRenew(row, action.isBusy)}
                onClick={() => row !== undefined && renew(row)}
              >
                Renew Now
              </ReasonedButton>
              <ReasonedButton reason={noChange} onClick={() => start('remove')}>
                Remove
              </ReasonedButton>
            </>
          }
        />
        {row?.reason !== undefined && (
          <MessageBar intent={standingOf(row) === 'bad' ? 'error' : 'warning'} layout="multiline">
            <MessageBarBody>
              {row.name}: {row.reason}
            </MessageBarBody>
          </MessageBar>
        )}
      </div>
      {(step?.kind === 'new' || step?.kind === 'edit') && (
        <SignInForm
          row={step.kind === 'new' ? undefined : step.row}
          onDone={done}
          onClose={() => setStep(undefined)}
        />
      )}
      {step?.kind === 'sign-in' && <SignInDialog row={step.row} onClose={() => setStep(undefined)} />}
      {step?.kind === 'remove' && (
        <ConfirmDialog
          title={`Remove the sign-in "${step.row.name}"?`}
          text="Its tokens are removed with it. The application stays registered at the provider."
          confirmLabel="Remove"
          onConfirm={() => remove(step.row)}
          onCancel={() => setStep(undefined)}
        />
      )}
    </FormDialog>
  );
}

function StateCell({ row }: { readonly row: SignInRow }): ReactElement {
  const styles = useStyles();
  const standing = standingOf(row);
  const Icon = standing === 'bad' ? ErrorCircleFilled : WarningFilled;
  return (
    <span className={styles.state}>
      {standing !== 'good' && <Icon aria-hidden className={mergeClasses(styles.icon, styles[standing])} />}
      {stateTitles[row.state]}
    </span>
  );
}

const useColumns = (
  servers: readonly { readonly id: number; readonly name: string }[],
  now: number,
): readonly Column<SignInRow>[] => [
  {
    id: 'name',
    title: 'Name',
    width: 130,
    render: ({ name }) => name,
    text: ({ name }) => name,
    isSortable: true,
  },
  {
    id: 'state',
    title: 'State',
    width: 130,
    render: (row) => <StateCell row={row} />,
    text: (row) =>
      row.reason === undefined ? stateTitles[row.state] : `${stateTitles[row.state]}: ${row.reason}`,
    isSortable: true,
    sortValue: ({ state }) => stateTitles[state],
  },
  {
    id: 'mailbox',
    title: 'Mailbox',
    width: 170,
    render: ({ mailbox }) => (mailbox === '' ? '–' : mailbox),
    text: ({ mailbox }) => (mailbox === '' ? 'Nobody has said which' : mailbox),
    isSortable: true,
    isGrowing: true,
  },
  {
    id: 'provider',
    title: 'Provider',
    width: 116,
    render: ({ provider }) => providerTitles[provider],
    text: ({ provider }) => providerTitles[provider],
    isSortable: true,
  },
  {
    id: 'renewed',
    title: 'Last renewed',
    width: 110,
    render: ({ renewedAt }) => (renewedAt === undefined ? '–' : formatTime(renewedAt, now)),
    text: ({ renewedAt }) => (renewedAt === undefined ? 'Never' : formatFullTime(renewedAt)),
    isSortable: true,
    sortValue: ({ renewedAt }) => renewedAt ?? 0,
  },
  {
    id: 'use',
    title: 'Used by',
    width: 130,
    render: (row) => describeUse(row, servers) || '–',
    text: (row) => describeUse(row, servers) || 'Nobody',
    isSortable: true,
  },
];
