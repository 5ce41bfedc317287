/** New SMTP Domain Wizard: type, name, and what will be made, with the settings a remote domain mostly needs. */
import { Checkbox, Field, Input, makeStyles, Radio, RadioGroup } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type { DomainRow } from '../../../src-main/api/contract';
import { keys, readFault, useClient } from '../../client';
import { Summary } from '../summary';
import { WizardFrame, type WizardRefusal } from '../wizard-frame';
import { type DomainDraft, findNameFault, findSmartHostFault } from './draft';

export interface NewDomainWizardProps {
  readonly serverId: number;
  readonly onCreated: (domain: DomainRow) => void;
  readonly onClose: () => void;
}

// It stands in line with what is above it.
const useStyles = makeStyles({ checkbox: { marginInlineStart: '-8px' } });

const emptyDraft: DomainDraft = {
  type: 'remote',
  name: '',
  isRelayAllowed: false,
  smartHost: '',
  hasSmartHost: false,
};

interface Left {
  readonly name: boolean;
  readonly smartHost: boolean;
}

export function NewDomainWizard({ serverId, onCreated, onClose }: NewDomainWizardProps): ReactElement {
  const client = useClient();
  const [draft, setDraft] = useState(emptyDraft);
  const existing = useNamesakes(serverId, draft.name.trim());
  const [left, setLeft] = useState<Left>({ name: false, smartHost: false });
  const [refused, setRefused] = useState<{ readonly name: string; readonly reason: string }>();
  const change = (part: Partial<DomainDraft>): void => setDraft((before) => ({ ...before, ...part }));
  const nameFault =
    findNameFault(draft, existing) ?? (refused?.name === draft.name ? refused.reason : undefined);
  const hostFault = findSmartHostFault(draft);

  const finish = async (): Promise<WizardRefusal | undefined> => {
    const name = draft.name.trim();
    try {
      const domain = await client.domains.create({
        serverId,
        type: draft.type,
        name,
        ...(draft.type === 'remote'
          ? {
              isRelayAllowed: draft.isRelayAllowed,
              smartHost: draft.hasSmartHost ? draft.smartHost.trim() : '',
            }
          : {}),
      });
      onCreated(domain);
      return undefined;
    } catch (error) {
      const fault = readFault(error);
      if (fault.field !== 'name') return { text: fault.text };
      setLeft({ ...left, name: true });
      setRefused({ name: draft.name, reason: fault.text });
      return { text: fault.text, pageId: 'name' };
    }
  };

  return (
    <WizardFrame
      title="New SMTP Domain"
      isDirty={draft !== emptyDraft}
      onClose={onClose}
      onFinish={finish}
      pages={[
        {
          id: 'type',
          title: 'Type',
          isRight: true,
          content: (
            <Field label="What is this domain to this virtual server?">
              <RadioGroup
                value={draft.type}
                onChange={(_, data) => change({ type: data.value === 'alias' ? 'alias' : 'remote' })}
              >
                <Radio value="remote" label="Remote: mail for it goes elsewhere, by a route of its own" />
                <Radio
                  value="alias"
                  label="Alias: mail for it is dropped here, like that of the default domain"
                />
              </RadioGroup>
            </Field>
          ),
        },
        {
          id: 'name',
          title: 'Name',
          isRight: nameFault === undefined,
          content: (
            <Field
              label="Name"
              required
              hint={
                draft.type === 'remote'
                  ? 'Such as example.com, or *.example.com for all its subdomains.'
                  : 'Such as example.com.'
              }
              {...(left.name && nameFault !== undefined
                ? { validationState: 'error' as const, validationMessage: nameFault }
                : {})}
            >
              <Input
                value={draft.name}
                onChange={(_, data) => change({ name: data.value })}
                onBlur={() => draft.name !== '' && setLeft({ ...left, name: true })}
              />
            </Field>
          ),
        },
        {
          id: 'finish',
          title: 'Finish',
          isRight: nameFault === undefined && hostFault === undefined,
          content:
            draft.type === 'alias' ? (
              <Summary
                lead="This domain will be added. It takes effect at once."
                lines={[
                  ['Name', draft.name.trim()],
                  ['Type', 'Local (Alias)'],
                  ['Mail goes to', 'Drop folder'],
                ]}
              />
            ) : (
              <RemoteOptions
                draft={draft}
                change={change}
                hostFault={left.smartHost ? hostFault : undefined}
                onLeaveHost={() => setLeft({ ...left, smartHost: true })}
              />
            ),
        },
      ]}
    />
  );
}

/**
 * Names of the virtual server's domains among which one like `name` would be. The engine looks, because it may
 * have thousands; and it refuses a name that is missed here because it was added a moment ago.
 */
function useNamesakes(serverId: number, name: string): readonly string[] {
  const client = useClient();
  const { data } = useQuery({
    queryKey: [...keys.domains(serverId), 'like', name],
    queryFn: () =>
      client.domains.list({
        serverId,
        filter: name,
        sort: { column: 'name', isDescending: false },
        limit: 1000,
      }),
    enabled: name !== '' && name.length <= 255,
  });
  return data?.rows.map((domain) => domain.name) ?? [];
}

interface RemoteOptionsProps {
  readonly draft: DomainDraft;
  readonly change: (part: Partial<DomainDraft>) => void;
  readonly hostFault: string | undefined;
  readonly onLeaveHost: () => void;
}

function RemoteOptions({ draft, change, hostFault, onLeaveHost }: RemoteOptionsProps): ReactElement {
  const styles = useStyles();
  return (
    <>
      <Summary
        lead="This domain will be added. The settings below can be changed later."
        lines={[
          ['Name', draft.name.trim()],
          ['Type', 'Remote'],
        ]}
      />
      <Field hint="Off: only clients that may relay can send to it. On: anybody who may connect can.">
        <Checkbox
          className={styles.checkbox}
          label="Allow incoming mail to be relayed to this domain"
          checked={draft.isRelayAllowed}
          onChange={(_, data) => change({ isRelayAllowed: data.checked === true })}
        />
      </Field>
      <Field label="Route domain">
        <RadioGroup
          value={draft.hasSmartHost ? 'host' : 'dns'}
          onChange={(_, data) => change({ hasSmartHost: data.value === 'host' })}
        >
          <Radio value="dns" label="Use DNS to route to this domain" />
          <Radio value="host" label="Forward all mail to smart host" />
        </RadioGroup>
      </Field>
      {draft.hasSmartHost && (
        <Field
          label="Smart host"
          hint="A name, or an address in square brackets."
          {...(hostFault === undefined
            ? {}
            : { validationState: 'error' as const, validationMessage: hostFault })}
        >
          <Input
            value={draft.smartHost}
            onChange={(_, data) => change({ smartHost: data.value })}
            onBlur={onLeaveHost}
          />
        </Field>
      )}
    </>
  );
}
