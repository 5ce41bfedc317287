/** Properties of a virtual server. */

import { useQueryClient } from '@tanstack/react-query';
import { type ReactElement, type ReactNode, useState } from 'react';
import {
  opensRelay,
  type RelayListSettings as RelaySettings,
  serverSettings,
} from '../../../src-main/api/contract';
import { keys, readFault, type ServerDetails, useClient, useServerDetails } from '../../client';
import { ConfirmDialog } from '../../ui/confirm-dialog';
import type { Values } from '../draft';
import { SheetFrame } from '../sheet-frame';
import { GoneDialog, RestartBar, useReasonAgainstChange } from '../sheet-notes';
import { AccessPage, type AccessSlots } from './access-page';
import { crossCheckServer } from './cross-check';
import { DeliveryPage } from './delivery-page';
import { GeneralPage } from './general-page';
import { HousekeepingPage } from './housekeeping-page';
import { LdapPage } from './ldap-page';
import { MessagesPage } from './messages-page';
import { pageKeys } from './page-keys';
import { findRemoval, type Removal } from './removal';
import { SecurityPage } from './security-page';

export interface ServerSheetProps extends AccessSlots {
  readonly serverId: number;
  readonly firstPageId?: string | undefined;
  /** A change was stored that only a restart brings into force. */
  readonly onRestartNeeded: () => void;
  readonly onRestart: () => void;
  readonly renderOperators: () => ReactNode;
  readonly renderSystemOperators: () => ReactNode;
  readonly onClose: () => void;
}

export function ServerSheet(props: ServerSheetProps): ReactElement | null {
  const { data, error } = useServerDetails(props.serverId);
  const reasonAgainst = useReasonAgainstChange();
  const fault = error === null ? undefined : readFault(error);
  // Out of reach for a moment is said elsewhere, and the draft stays.
  if (fault && (data === undefined || fault.code === 'not-found'))
    return (
      <GoneDialog
        title={data === undefined ? 'Properties' : `${data.settings.name}: Properties`}
        what="This virtual server"
        fault={fault}
        onClose={props.onClose}
      />
    );
  return data === undefined || reasonAgainst === null ? null : (
    <LoadedSheet {...props} details={data} reasonAgainst={reasonAgainst} />
  );
}

interface LoadedSheetProps extends ServerSheetProps {
  readonly details: ServerDetails;
  readonly reasonAgainst: string | undefined;
}

function LoadedSheet(props: LoadedSheetProps): ReactElement {
  const { serverId, firstPageId, onRestartNeeded, onRestart, onClose, details, reasonAgainst } = props;
  const { settings, folders } = details;
  const client = useClient();
  const queryClient = useQueryClient();
  const [question, setQuestion] = useState<(isAgreed: boolean) => void>();

  const apply = async (patch: Values): Promise<Values> => {
    const answer = await client.servers.set({ serverId, patch });
    queryClient.setQueryData<ServerDetails>(keys.server(serverId), { ...details, ...answer });
    void queryClient.invalidateQueries();
    if (answer.isRestartNeeded) onRestartNeeded();
    return answer.settings;
  };
  const [removal, setRemoval] = useState<Removal>();
  const ask = async (): Promise<boolean> => {
    const isAgreed = await new Promise<boolean>((resolve) => setQuestion(() => resolve));
    setQuestion(undefined);
    return isAgreed;
  };
  const confirm = async (patch: Values): Promise<boolean> => {
    setRemoval(undefined);
    if (opensRelay(settings, { ...settings, ...patch } as RelaySettings) && !(await ask())) return false;
    const found = await findRemoval(client, serverId, settings, patch);
    if (found === undefined) return true;
    setRemoval(found);
    return ask();
  };

  return (
    <>
      <SheetFrame
        title={`${settings.name}: Properties`}
        schema={serverSettings}
        shape={serverSettings.shape}
        crossCheck={crossCheckServer}
        base={settings}
        firstPageId={firstPageId}
        apply={apply}
        confirm={confirm}
        reasonAgainst={reasonAgainst}
        banner={details.isRestartNeeded && <RestartBar onRestart={onRestart} />}
        onClose={onClose}
        pages={[
          {
            id: 'general',
            title: 'General',
            keys: pageKeys.general,
            content: <GeneralPage serverId={serverId} fqdn={details.summary.fullyQualifiedDomainName} />,
          },
          {
            id: 'access',
            title: 'Access',
            keys: pageKeys.access,
            content: (
              <AccessPage
                serverId={serverId}
                serverName={settings.name}
                fqdn={details.summary.fullyQualifiedDomainName}
                renderCertificates={props.renderCertificates}
                renderAccounts={props.renderAccounts}
              />
            ),
          },
          {
            id: 'messages',
            title: 'Messages',
            keys: pageKeys.messages,
            content: <MessagesPage badmailFolder={folders.badmail} />,
          },
          {
            id: 'delivery',
            title: 'Delivery',
            keys: pageKeys.delivery,
            content: <DeliveryPage serverId={serverId} fqdn={details.summary.fullyQualifiedDomainName} />,
          },
          {
            id: 'ldap',
            title: 'LDAP Routing',
            keys: pageKeys.ldap,
            content: <LdapPage serverId={serverId} />,
          },
          {
            id: 'security',
            title: 'Security',
            keys: [],
            content: (
              <SecurityPage
                operators={props.renderOperators()}
                systemOperators={props.renderSystemOperators()}
              />
            ),
          },
          {
            id: 'housekeeping',
            title: 'Housekeeping',
            keys: pageKeys.housekeeping,
            content: <HousekeepingPage serverId={serverId} />,
          },
        ]}
      />
      {question !== undefined && removal !== undefined && (
        <ConfirmDialog
          title={removal.title}
          text={removal.text}
          confirmLabel="Remove them"
          onConfirm={() => question(true)}
          onCancel={() => question(false)}
        />
      )}
      {question !== undefined && removal === undefined && (
        <ConfirmDialog
          title={`Make "${settings.name}" an open relay?`}
          text="Anybody who can connect could send mail to anywhere through this server. Open relays are found within hours, used for spam, and put on block lists."
          confirmLabel="Make it an open relay"
          onConfirm={() => question(true)}
          onCancel={() => question(false)}
        />
      )}
    </>
  );
}
