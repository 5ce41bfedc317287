/** The DKIM keys of one virtual server. Changes here are in force at once. */
import { Button, MessageBar, MessageBarBody, makeStyles, tokens } from '@fluentui/react-components';
import { KeyRegular } from '@fluentui/react-icons';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type { DkimKeyRow } from '../../src-main/api/contract';
import { readFault, useAction, useClient, useMe } from '../client';
import { announce } from '../ui/announcer';
import { useNow } from '../ui/clock';
import { ConfirmDialog } from '../ui/confirm-dialog';
import { DataList } from '../ui/data-list';
import { EmptyState } from '../ui/empty-state';
import { FormDialog } from '../ui/form-dialog';
import { ListWithVerbs } from '../ui/list-with-verbs';
import { ReasonedButton } from '../ui/reasoned-button';
import { useKeyColumns } from './key-columns';
import { KeyDetails, type Policies } from './key-details';
import { KeyForm } from './key-form';
import { type KeyVerb, whyNot } from './key-words';
import { keysOfServer, useDkimKeys } from './queries';
import { RecordDialog, type RecordFacts } from './record-dialog';

export interface DkimDialogProps {
  readonly serverId: number;
  readonly serverName: string;
  /** What a new key is proposed for: the domains whose mail goes out; may be empty. */
  readonly suggestedDomains: readonly string[];
  readonly onClose: () => void;
}

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  text: { margin: 0 },
});

type Step =
  | { readonly kind: 'create' | 'import' }
  | { readonly kind: 'delete'; readonly row: DkimKeyRow }
  /** DNS does not have the right record: `reason` says what it has. */
  | { readonly kind: 'sign-anyway'; readonly row: DkimKeyRow; readonly reason: string }
  | ({ readonly kind: 'record' } & RecordFacts);

const clockStepMs = 60_000;

export function DkimDialog(props: DkimDialogProps): ReactElement {
  const { serverId, serverName, suggestedDomains, onClose } = props;
  const styles = useStyles();
  const client = useClient();
  const queryClient = useQueryClient();
  const role = useMe().data?.role;
  const { data: rows, error } = useDkimKeys(serverId);
  const action = useAction();
  const columns = useKeyColumns(useNow(clockStepMs));
  const [currentName, setCurrentName] = useState<string>();
  const [step, setStep] = useState<Step>();
  /** By domain, as they were when DNS was asked last. */
  const [policies, setPolicies] = useState<ReadonlyMap<string, Policies>>(new Map());
  const row = rows?.find(({ name }) => name === currentName) ?? rows?.[0];
  const reasonAgainst = (verb: KeyVerb): string | undefined =>
    whyNot(verb, { row, role, isBusy: action.isBusy });
  const reread = (): Promise<void> => queryClient.invalidateQueries({ queryKey: keysOfServer(serverId) });
  const placeOf = ({ domain, selector }: DkimKeyRow) => ({ serverId, domain, selector });

  const check = async (of: DkimKeyRow): Promise<void> => {
    await action.run(async () => {
      const { record, ...found } = await client.dkim.check(placeOf(of));
      setPolicies((before) => new Map(before).set(of.domain, found));
      announce(record.text);
    });
    await reread();
  };
  const showRecord = (of: DkimKeyRow): Promise<unknown> =>
    action.run(async () => {
      const { domain, selector } = of;
      setStep({ kind: 'record', domain, selector, record: await client.dkim.record(placeOf(of)) });
    });
  const sign = async (of: DkimKeyRow, isConfirmed = false): Promise<void> => {
    const isSigning = !of.isSigning;
    const fault = await action.run(() => client.dkim.set({ ...placeOf(of), isSigning, isConfirmed }));
    if (fault?.field === 'isConfirmed') {
      action.forget();
      setStep({ kind: 'sign-anyway', row: of, reason: fault.text });
    } else if (fault === undefined)
      announce(isSigning ? `Mail from ${of.domain} is signed.` : `${of.name} signs no more.`);
    await reread();
  };
  const remove = async (of: DkimKeyRow): Promise<void> => {
    setStep(undefined);
    await action.run(() => client.dkim.delete(placeOf(of)));
    await reread();
  };
  const start = (verb: KeyVerb): void => {
    if (reasonAgainst(verb) !== undefined) return;
    action.forget();
    if (verb === 'create' || verb === 'import') setStep({ kind: verb });
    else if (row === undefined) return;
    else if (verb === 'record') void showRecord(row);
    else if (verb === 'check') void check(row);
    else if (verb === 'sign') void sign(row);
    else setStep({ kind: 'delete', row });
  };
  const told = action.fault?.text ?? (error === null ? undefined : readFault(error).text);
  const verb = (of: KeyVerb, label: string): ReactElement => (
    <ReasonedButton reason={reasonAgainst(of)} onClick={() => start(of)}>
      {label}
    </ReasonedButton>
  );

  return (
    <FormDialog
      title={`DKIM: ${serverName}`}
      size="huge"
      isDirty={false}
      onSubmit={onClose}
      onClose={onClose}
      note={
        action.isBusy ? (
          <span role="status">Working…</span>
        ) : (
          role === 'administrator' && 'Changes here are in force at once.'
        )
      }
      buttons={[
        <Button key="close" type="submit" appearance="primary">
          Close
        </Button>,
      ]}
    >
      <div className={styles.root}>
        <p className={styles.text}>
          With DKIM outgoing mail carries a signature of its domain, so that receivers can tell it from forged
          mail. Make a key, put its record into DNS, check it, and let it sign.
        </p>
        {told !== undefined && (
          <MessageBar intent="error" layout="multiline">
            <MessageBarBody>{told}</MessageBarBody>
          </MessageBar>
        )}
        <ListWithVerbs
          height="264px"
          onInsert={() => start('create')}
          list={
            <DataList
              label="DKIM keys"
              listId="dkim-keys"
              columns={columns}
              total={rows?.length ?? 0}
              rowAt={(index) => rows?.[index]}
              rowKey={({ name }) => name}
              selectedKeys={new Set(row === undefined ? [] : [row.name])}
              isSingle
              onSelect={([name]) => setCurrentName(name)}
              onOpen={() => start('record')}
              onDelete={() => start('delete')}
              empty={rows === undefined ? null : <NoKeys />}
            />
          }
          verbs={
            <>
              {verb('create', 'New key…')}
              {verb('import', 'Import…')}
              {verb('record', 'Show DNS record…')}
              {verb('check', 'Check now')}
              {verb('sign', row?.isSigning === true ? 'Stop signing' : 'Sign mail')}
              {verb('delete', 'Delete')}
            </>
          }
        />
        {row !== undefined && <KeyDetails row={row} policies={policies.get(row.domain)} />}
      </div>
      {(step?.kind === 'create' || step?.kind === 'import') && (
        <KeyForm
          kind={step.kind}
          serverId={serverId}
          rows={rows ?? []}
          suggestedDomains={suggestedDomains}
          onMade={({ name }) => {
            setCurrentName(name);
            void reread();
          }}
          onClose={() => setStep(undefined)}
        />
      )}
      {step?.kind === 'record' && <RecordDialog {...step} onClose={() => setStep(undefined)} />}
      {step?.kind === 'sign-anyway' && (
        <ConfirmDialog
          title="Sign without the right record in DNS?"
          text={`${step.reason} Until then receivers cannot verify the signatures, and some take such mail for forged.`}
          confirmLabel="Sign anyway"
          onConfirm={() => {
            setStep(undefined);
            void sign(step.row, true);
          }}
          onCancel={() => setStep(undefined)}
        />
      )}
      {step?.kind === 'delete' && (
        <ConfirmDialog
          title={`Delete the key ${step.row.name}?`}
          text={`${step.row.isSigning ? `Mail from ${step.row.domain} is no longer signed with it. ` : ''}The private key cannot be brought back. Leave its record in DNS for a week, for mail that is still on its way.`}
          confirmLabel="Delete"
          onConfirm={() => void remove(step.row)}
          onCancel={() => setStep(undefined)}
        />
      )}
    </FormDialog>
  );
}

function NoKeys(): ReactElement {
  return (
    <EmptyState
      icon={<KeyRegular />}
      title="No DKIM keys yet"
      text="Outgoing mail is not signed. New key… makes one and shows the record for DNS."
    />
  );
}
