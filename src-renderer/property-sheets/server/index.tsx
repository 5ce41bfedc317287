/** Properties of a virtual server. */
import { useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { findFaults, type ServerSettings, serverSettings } from '../../../src-main/api/contract';
import { keys, type ServerDetails, useClient, useServerDetails } from '../../client';
import { ConfirmDialog } from '../../ui/confirm-dialog';
import type { Values } from '../draft';
import { opensRelay, type RelaySettings } from '../open-relay';
import { SheetFrame } from '../sheet-frame';
import { AccessPage, accessKeys } from './access-page';
import { DeliveryPage, deliveryKeys } from './delivery-page';
import { GeneralPage, generalKeys } from './general-page';
import { MessagesPage, messagesKeys } from './messages-page';

export interface ServerSheetProps {
  readonly serverId: number;
  readonly firstPageId?: string | undefined;
  /** A change was stored that only a restart brings into force. */
  readonly onRestartNeeded: () => void;
  readonly onClose: () => void;
}

export function ServerSheet(props: ServerSheetProps): ReactElement | null {
  const { data } = useServerDetails(props.serverId);
  return data === undefined ? null : <LoadedSheet {...props} details={data} />;
}

/** Faults of the whole document, as paths within this server. */
export function crossCheckServer(values: Values): { path: string; reason: string }[] {
  return findFaults([values as unknown as ServerSettings]).map(({ path, reason }) => ({
    path: path.slice(2).join('.'),
    reason,
  }));
}

function LoadedSheet(props: ServerSheetProps & { readonly details: ServerDetails }): ReactElement {
  const { serverId, firstPageId, onRestartNeeded, onClose, details } = props;
  const { settings, folders } = details;
  const client = useClient();
  const queryClient = useQueryClient();
  const [question, setQuestion] = useState<(isAgreed: boolean) => void>();

  const apply = async (patch: Values): Promise<void> => {
    const answer = await client.servers.set({ serverId, patch });
    queryClient.setQueryData<ServerDetails>(keys.server(serverId), { ...details, ...answer });
    void queryClient.invalidateQueries();
    if (answer.isRestartNeeded) onRestartNeeded();
  };
  const confirm = async (patch: Values): Promise<boolean> => {
    if (!opensRelay(settings, { ...settings, ...patch } as RelaySettings)) return true;
    const isAgreed = await new Promise<boolean>((resolve) => setQuestion(() => resolve));
    setQuestion(undefined);
    return isAgreed;
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
        onClose={onClose}
        pages={[
          {
            id: 'general',
            title: 'General',
            keys: generalKeys,
            content: <GeneralPage fqdn={details.summary.fullyQualifiedDomainName} />,
          },
          { id: 'access', title: 'Access', keys: accessKeys, content: <AccessPage /> },
          {
            id: 'messages',
            title: 'Messages',
            keys: messagesKeys,
            content: <MessagesPage badmailFolder={folders.badmail} />,
          },
          {
            id: 'delivery',
            title: 'Delivery',
            keys: deliveryKeys,
            content: <DeliveryPage fqdn={details.summary.fullyQualifiedDomainName} />,
          },
        ]}
      />
      {question !== undefined && (
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
