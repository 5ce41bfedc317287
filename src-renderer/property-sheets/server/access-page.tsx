/** Access: who may connect, log in, use TLS and relay, and what one client may cost. Each group says in words what the draft means. */
import { Button } from '@fluentui/react-components';
import { type ReactElement, type ReactNode, useState } from 'react';
import { useCertificates } from '../../client';
import { useNow } from '../../ui/clock';
import { DialogOpener } from '../sheet-dialog';
import { AccessGroup } from './access/access-group';
import { accessKeys } from './access/access-keys';
import { AuthenticationPage } from './access/authentication-page';
import { CertificateButton, type RenderCertificates } from './access/certificate-button';
import { CommunicationPage } from './access/communication-page';
import { FurtherCertificatesPage } from './access/further-certificates';
import { ConnectionPage, RelayPage } from './access/list-pages';
import { ProtectionPage, ProxiesPage } from './access/protection-page';
import { describeProtection } from './access/protection-words';
import { useAccessDraft, useProtectionDraft } from './access/use-access-draft';
import {
  describeAuthentication,
  describeConnection,
  describeRelay,
  describeSecurity,
  hasCertificate,
  takesLogIn,
} from './access/words';

/** Dialogs of other features that the tab opens. */
export interface AccessSlots {
  readonly renderCertificates: RenderCertificates;
  readonly renderAccounts: (props: { readonly onClose: () => void }) => ReactNode;
}

export interface AccessPageProps extends AccessSlots {
  readonly serverId: number;
  readonly serverName: string;
  /** Name that the virtual server goes by. */
  readonly fqdn: string;
}

const dateWords = (at: number): string => new Date(at).toLocaleDateString(undefined, { dateStyle: 'medium' });

/** Days matter here. */
const clockStepMs = 60_000;

export function AccessPage(props: AccessPageProps): ReactElement {
  const { serverId, serverName, fqdn, renderCertificates, renderAccounts } = props;
  const draft = useAccessDraft();
  const protection = useProtectionDraft();
  const certificates = useCertificates().data;
  const now = useNow(clockStepMs);
  return (
    <>
      <AccessGroup
        title="Access control"
        meaning={describeAuthentication(draft)}
        keys={accessKeys.authentication}
      >
        <DialogOpener
          label="Authentication…"
          title="Authentication"
          size="wide"
          pages={[
            {
              id: 'authentication',
              title: 'Authentication',
              keys: accessKeys.authentication,
              content: <AuthenticationPage fqdn={fqdn} />,
            },
          ]}
        />
        <AccountsButton render={renderAccounts} />
      </AccessGroup>
      <AccessGroup
        title="Secure communication"
        meaning={describeSecurity(draft, certificates, { now, formatDate: dateWords })}
        keys={[...accessKeys.certificate, ...accessKeys.communication, ...accessKeys.furtherCertificates]}
      >
        <CertificateButton serverName={serverName} suggestedNames={[fqdn]} render={renderCertificates} />
        <DialogOpener
          label="Communication…"
          title="Communication"
          size="large"
          // What was required before stays within reach, so that it can be taken back.
          reasonAgainst={
            hasCertificate(draft) || draft.requiresTls ? undefined : 'Choose a certificate first.'
          }
          pages={[
            {
              id: 'communication',
              title: 'General',
              keys: accessKeys.communication,
              content: <CommunicationPage serverId={serverId} />,
            },
            {
              id: 'further-certificates',
              title: 'Further certificates',
              keys: accessKeys.furtherCertificates,
              content: <FurtherCertificatesPage />,
            },
          ]}
        />
      </AccessGroup>
      <AccessGroup
        title="Connection control"
        meaning={describeConnection(draft)}
        keys={accessKeys.connection}
      >
        <DialogOpener
          label="Connection…"
          title="Connection"
          size="large"
          pages={[
            {
              id: 'connection',
              title: 'Connection',
              keys: accessKeys.connection,
              content: <ConnectionPage serverId={serverId} />,
            },
          ]}
        />
      </AccessGroup>
      <AccessGroup title="Relay restrictions" meaning={describeRelay(draft)} keys={accessKeys.relay}>
        <DialogOpener
          label="Relay…"
          title="Relay restrictions"
          size="large"
          pages={[
            {
              id: 'relay',
              title: 'Relay restrictions',
              keys: accessKeys.relay,
              content: <RelayPage serverId={serverId} />,
            },
          ]}
        />
      </AccessGroup>
      <AccessGroup
        title="Protection"
        meaning={describeProtection(protection, { takesLogIn: takesLogIn(draft) })}
        keys={[...accessKeys.protection, ...accessKeys.proxies]}
      >
        <DialogOpener
          label="Protection…"
          title="Protection"
          size="large"
          pages={[
            {
              id: 'protection',
              title: 'General',
              keys: accessKeys.protection,
              content: <ProtectionPage />,
            },
            {
              id: 'proxies',
              title: 'Proxies',
              keys: accessKeys.proxies,
              content: <ProxiesPage serverId={serverId} />,
            },
          ]}
        />
      </AccessGroup>
    </>
  );
}

function AccountsButton({ render }: { readonly render: AccessSlots['renderAccounts'] }): ReactElement {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>Accounts…</Button>
      {isOpen && render({ onClose: () => setIsOpen(false) })}
    </>
  );
}
