/**
 * Asks how messages are sent again: one with the envelope that it really had, several each with its own and one
 * address replaced, one from a file with what its header suggests. Shows what will be sent before it is.
 */
import {
  Button,
  Checkbox,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  makeStyles,
  Select,
  Textarea,
  tokens,
} from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type { MessageAddress } from '../../src-main/api/contract';
import { keys, readFault, useAction, useClient, useServers } from '../client';
import { FormDialog } from '../ui/form-dialog';
import { formatCount } from '../ui/format';
import { WayChoice } from '../ui/way-choice';
import { type Resent, resendFile, resendMessages, restingOf, type SentFile, undoMs } from './resend';
import {
  checkDraft,
  describeDraft,
  draftFor,
  fileInputOf,
  inputOf,
  type ResendDraft,
  type ResendFault,
  recipientsOf,
} from './resend-draft';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  pair: {
    display: 'flex',
    alignItems: 'flex-start',
    gap: tokens.spacingHorizontalM,
    '& > *': { flexGrow: 1, flexBasis: 0, minWidth: 0 },
  },
  note: { color: tokens.colorNeutralForeground2 },
  check: { marginInlineStart: '-8px' },
  preview: {
    margin: 0,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    borderLeft: `2px solid ${tokens.colorNeutralStroke1}`,
    color: tokens.colorNeutralForeground2,
    overflowWrap: 'anywhere',
    '& p': { margin: 0 },
  },
});

export interface ResendDialogProps {
  /** Messages that rest in folders, or one from a file, which has no envelope. */
  readonly what: { readonly messages: readonly MessageAddress[] } | { readonly file: SentFile };
  readonly onDone: (done: NonNullable<Resent['done']>) => void;
  readonly onClose: () => void;
}

const mostDomains = 200;

export function ResendDialog({ what, onDone, onClose }: ResendDialogProps): ReactElement {
  const styles = useStyles();
  const client = useClient();
  const servers = useServers().data ?? [];
  const action = useAction();
  const file = 'file' in what ? what.file : undefined;
  const messages = 'messages' in what ? restingOf(what.messages) : [];
  const [first] = messages;
  const count = file === undefined ? messages.length : 1;
  const isOne = count === 1;
  const [draft, setDraft] = useState<ResendDraft>(() => draftFor(file));
  const [isChanged, setIsChanged] = useState(false);
  const [fault, setFault] = useState<ResendFault>();
  const [refusal, setRefusal] = useState<string>();
  const envelope = useQuery({
    queryKey: ['message-envelope', first?.serverId, first?.folder, first?.id],
    queryFn: async () => (first === undefined ? null : client.messages.envelope(first)),
    enabled: isOne && file === undefined,
    gcTime: 0,
  });
  const [isFilled, setIsFilled] = useState(file !== undefined);
  if (isOne && !isFilled && envelope.data) {
    setIsFilled(true);
    setDraft({
      ...draft,
      sender: envelope.data.sender,
      recipients: recipientsOf(envelope.data).join('\n'),
    });
  }
  const sendingId = draft.serverId ?? first?.serverId ?? 1;
  const domains = useQuery({
    queryKey: [...keys.domains(sendingId), 'remote-names'],
    queryFn: () => client.domains.list({ serverId: sendingId, offset: 0, limit: mostDomains }),
  }).data?.rows;

  const change = (patch: Partial<ResendDraft>): void => {
    setDraft({ ...draft, ...patch });
    setIsChanged(true);
    setFault(undefined);
    action.forget();
  };
  const told = (field: ResendFault['field']) =>
    fault?.field === field ? { validationState: 'error' as const, validationMessage: fault.text } : {};
  const submit = async (): Promise<void> => {
    const wrong = checkDraft(draft, isOne);
    setFault(wrong);
    setRefusal(undefined);
    if (wrong !== undefined || (isOne && !isFilled)) return;
    let resent: Resent = {};
    const failed = await action.run(async () => {
      resent =
        file === undefined
          ? await resendMessages(client, messages, inputOf(draft, isOne))
          : { done: await resendFile(client, file.blob, fileInputOf(draft, file.serverId)) };
    });
    if (failed !== undefined) return;
    if (resent.done !== undefined) onDone(resent.done);
    if (resent.refusal === undefined) onClose();
    else setRefusal(resent.refusal);
  };
  const wayFault =
    fault?.field === 'name' || fault?.field === 'host' || fault?.field === 'port'
      ? { field: fault.field, text: fault.text }
      : undefined;
  const problem =
    action.fault?.text ?? refusal ?? (envelope.error === null ? undefined : readFault(envelope.error).text);
  return (
    <FormDialog
      title={file === undefined ? `Edit and resend ${formatCount(count, 'message')}` : 'Send this message'}
      size="wide"
      isDirty={isChanged}
      pageKey={isFilled ? 'filled' : 'empty'}
      onSubmit={() => void submit()}
      onClose={onClose}
      buttons={[
        <Button
          key="ok"
          type="submit"
          appearance="primary"
          disabledFocusable={action.isBusy || (isOne && !isFilled)}
        >
          {file === undefined ? 'Resend' : 'Send'}
        </Button>,
        <Button key="cancel" onClick={onClose}>
          Cancel
        </Button>,
      ]}
    >
      <div className={styles.root}>
        {file !== undefined && (
          <div className={styles.note}>
            A file has no envelope: sender and recipients are what its header suggests.
          </div>
        )}
        {isOne ? (
          <>
            <Field
              label="Sender (envelope)"
              hint="Non-delivery reports go there. Empty is the null sender <>: nobody is told."
              {...told('sender')}
            >
              <Input
                value={draft.sender}
                placeholder="<>"
                maxLength={320}
                onChange={(_, data) => change({ sender: data.value })}
              />
            </Field>
            <Field label="Recipients (envelope)" required hint="One address a line." {...told('recipients')}>
              <Textarea
                rows={4}
                resize="vertical"
                value={draft.recipients}
                onChange={(_, data) => change({ recipients: data.value })}
              />
            </Field>
          </>
        ) : (
          <div className={styles.pair}>
            <Field label="Replace this recipient" hint="Empty: all recipients stay." {...told('from')}>
              <Input
                value={draft.from}
                maxLength={320}
                onChange={(_, data) => change({ from: data.value })}
              />
            </Field>
            <Field label="by" {...told('to')}>
              <Input value={draft.to} maxLength={320} onChange={(_, data) => change({ to: data.value })} />
            </Field>
          </div>
        )}
        {servers.length > 1 && (
          <Field label="Virtual server that sends">
            <Select
              value={String(draft.serverId ?? '')}
              onChange={(_, data) => change({ serverId: data.value === '' ? undefined : Number(data.value) })}
            >
              {file === undefined && <option value="">The one in whose folder a message lies</option>}
              {servers.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </Select>
          </Field>
        )}
        <WayChoice
          way={draft.way}
          onWay={(way) => change({ way })}
          remoteDomains={(domains ?? []).filter(({ type }) => type === 'remote').map(({ name }) => name)}
          fault={wayFault}
        />
        {file === undefined && (
          <Checkbox
            className={styles.check}
            label="Delete from the folder once it is accepted"
            checked={draft.isRemovedAfter}
            onChange={(_, data) => change({ isRemovedAfter: data.checked === true })}
          />
        )}
        <section className={styles.preview} aria-label="What will be sent">
          {describeDraft(draft, count).map((line) => (
            <p key={line}>{line}</p>
          ))}
          <p>It can be taken back for {undoMs / 1000} seconds.</p>
        </section>
        {problem !== undefined && (
          <MessageBar intent="error">
            <MessageBarBody>{problem}</MessageBarBody>
          </MessageBar>
        )}
      </div>
    </FormDialog>
  );
}
