/** Properties of a domain: the default domain has the Drop folder, an alias has nothing, a remote one its route. */
import { Button } from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import {
  type DomainRow,
  type RemoteDomainSettings,
  remoteDomain,
  serverSettings,
} from '../../../src-main/api/contract';
import {
  keys,
  readFault,
  type ServerDetails,
  useClient,
  useDomain,
  useServerDetails,
  useServerSummary,
} from '../../client';
import { FormDialog } from '../../ui/form-dialog';
import type { Values } from '../draft';
import { CheckSetting, FolderSetting } from '../fields';
import { Group } from '../group';
import { FurtherSmartHosts } from '../outbound-security/further-hosts';
import { RouteLimits } from '../outbound-security/route-limits';
import { crossCheckServer } from '../server/cross-check';
import { SheetFrame } from '../sheet-frame';
import { GoneDialog, RestartBar, useReasonAgainstChange } from '../sheet-notes';
import { crossCheckRemoteDomain } from './cross-check';
import { RemoteAdvancedPage } from './remote-advanced-page';
import { remoteKeys } from './remote-keys';
import { RemotePage } from './remote-page';

export interface DomainSheetProps {
  readonly serverId: number;
  readonly name: string;
  readonly onRestartNeeded: () => void;
  readonly onRestart: () => void;
  readonly onClose: () => void;
}

export function DomainSheet(props: DomainSheetProps): ReactElement | null {
  const { serverId, name, onClose } = props;
  const { data: domain, error } = useDomain(serverId, name);
  const reasonAgainst = useReasonAgainstChange();
  const fault = error === null ? undefined : readFault(error);
  if (fault && (domain === undefined || fault.code === 'not-found'))
    return (
      <GoneDialog title={`${name}: Properties`} what={`The domain ${name}`} fault={fault} onClose={onClose} />
    );
  if (domain === undefined || reasonAgainst === null) return null;
  const loaded = { ...props, reasonAgainst };
  if (domain.settings.type === 'remote') return <RemoteSheet {...loaded} settings={domain.settings} />;
  return domain.type === 'default' ? <DefaultSheet {...loaded} /> : <AliasNote {...loaded} domain={domain} />;
}

interface LoadedProps extends DomainSheetProps {
  readonly reasonAgainst: string | undefined;
}

function RemoteSheet({
  serverId,
  name,
  settings,
  reasonAgainst,
  onClose,
}: LoadedProps & { readonly settings: RemoteDomainSettings }): ReactElement {
  const client = useClient();
  const queryClient = useQueryClient();
  const apply = async (patch: Values): Promise<Values> => {
    const row = await client.domains.set({ serverId, name, patch });
    queryClient.setQueryData<DomainRow>(keys.domain(serverId, name), row);
    void queryClient.invalidateQueries();
    return row.settings;
  };
  return (
    <SheetFrame
      title={`${name}: Properties`}
      schema={remoteDomain}
      shape={remoteDomain.shape}
      crossCheck={crossCheckRemoteDomain}
      base={settings}
      apply={apply}
      reasonAgainst={reasonAgainst}
      onClose={onClose}
      pages={[
        { id: 'general', title: 'General', keys: remoteKeys.general, content: <RemotePage /> },
        {
          id: 'more',
          title: 'Further Hosts and Limits',
          keys: remoteKeys.more,
          content: (
            <>
              <Group title="Further smart hosts">
                <FurtherSmartHosts />
              </Group>
              <RouteLimits />
            </>
          ),
        },
        { id: 'advanced', title: 'Advanced', keys: remoteKeys.advanced, content: <RemoteAdvancedPage /> },
      ]}
    />
  );
}

const dropKeys = ['dropDirectory', 'hasDropQuota'] as const;

/** The Drop folder belongs to the virtual server; the original showed it here. */
function DefaultSheet(props: LoadedProps): ReactElement | null {
  const { serverId, name, reasonAgainst, onRestartNeeded, onRestart, onClose } = props;
  const client = useClient();
  const queryClient = useQueryClient();
  const { data: details } = useServerDetails(serverId);
  if (details === undefined) return null;
  const apply = async (patch: Values): Promise<Values> => {
    const answer = await client.servers.set({ serverId, patch });
    queryClient.setQueryData<ServerDetails>(keys.server(serverId), { ...details, ...answer });
    void queryClient.invalidateQueries();
    if (answer.isRestartNeeded) onRestartNeeded();
    return answer.settings;
  };
  return (
    <SheetFrame
      title={`${name}: Properties`}
      schema={serverSettings}
      shape={serverSettings.shape}
      crossCheck={crossCheckServer}
      base={details.settings}
      apply={apply}
      reasonAgainst={reasonAgainst}
      banner={details.isRestartNeeded && <RestartBar onRestart={onRestart} />}
      onClose={onClose}
      pages={[
        {
          id: 'general',
          title: 'General',
          keys: dropKeys,
          content: (
            <Group title="Drop">
              <FolderSetting name="dropDirectory" placeholder={details.folders.drop} />
              <CheckSetting name="hasDropQuota" />
            </Group>
          ),
        },
      ]}
    />
  );
}

function AliasNote({
  serverId,
  domain,
  onClose,
}: LoadedProps & { readonly domain: DomainRow }): ReactElement {
  const defaultDomain = useServerSummary(serverId)?.defaultDomain;
  return (
    <FormDialog
      title={`${domain.name}: Properties`}
      size="small"
      isDirty={false}
      onSubmit={onClose}
      onClose={onClose}
      buttons={[
        <Button key="ok" type="submit" appearance="primary" autoFocus>
          OK
        </Button>,
      ]}
    >
      {domain.name} is an alias of the default domain{defaultDomain === undefined ? '' : `, ${defaultDomain}`}
      . Its mail is dropped into the same folder under the same settings, so it has none of its own.
    </FormDialog>
  );
}
