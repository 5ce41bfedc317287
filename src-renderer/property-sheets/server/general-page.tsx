/** General: name, identities, limits of incoming connections, the log, automatic start, home directory. */
import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import { type Binding, describeBinding } from '../../../src-main/api/contract';
import { plural } from '../../client/words';
import {
  CheckSetting,
  FolderSetting,
  LimitSetting,
  NumberSetting,
  SelectSetting,
  TextSetting,
} from '../fields';
import { Group } from '../group';
import { useSetting, useSheet } from '../sheet-context';
import { DialogOpener, DialogOpeners } from '../sheet-dialog';
import { FirstIdentity } from './first-identity';
import { IdentitiesDialog } from './identities-dialog';
import { limitsOpener } from './limits-dialog';
import { logFormatChoices, loggingOpener } from './logging-dialog';
import { protocolOpener } from './protocol/protocol-dialog';

const useStyles = makeStyles({
  others: { margin: 0, color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
  connections: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) auto',
    columnGap: tokens.spacingHorizontalL,
    alignItems: 'start',
  },
  column: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS },
  format: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) auto',
    columnGap: tokens.spacingHorizontalL,
    alignItems: 'end',
  },
});

export interface GeneralPageProps {
  readonly serverId: number;
  /** Name in force. */
  readonly fqdn: string;
}

export function GeneralPage({ serverId, fqdn }: GeneralPageProps): ReactElement {
  const styles = useStyles();
  const chosenName = String(useSetting('fullyQualifiedDomainName').value ?? '');
  return (
    <>
      <Group title="Identity">
        <TextSetting
          name="name"
          hint={`Introduces itself as ${chosenName || fqdn}, the name under Delivery, Advanced.`}
        />
        <Identities />
      </Group>
      <Group title="Incoming connections">
        <div className={styles.connections}>
          <div className={styles.column}>
            <LimitSetting name="maxConnections" proposal={1000} hint={false} />
            <NumberSetting name="connectionTimeoutMinutes" hint={false} />
          </div>
          <div className={styles.column}>
            <DialogOpener {...limitsOpener} />
            <DialogOpener {...protocolOpener({ serverId, fqdn: chosenName || fqdn })} />
          </div>
        </div>
      </Group>
      <Group title="Log">
        <CheckSetting name="isLogging" hint={false} />
        <div className={styles.format}>
          <SelectSetting name="logFormat" hint={false} choices={logFormatChoices} />
          <DialogOpeners openers={[loggingOpener(serverId)]} />
        </div>
      </Group>
      <Group title="Start and place">
        <CheckSetting name="startsAutomatically" />
        <FolderSetting
          name="homeDirectory"
          hint="Holds Pickup, Queue, Drop and Badmail. What lies in the old folder stays there: let Queue run empty first."
        />
      </Group>
    </>
  );
}

function Identities(): ReactElement {
  const styles = useStyles();
  const bindings = useSetting('bindings');
  const serverCertificate = String(useSheet().value('certificate') ?? '');
  const pairs = bindings.value as readonly Binding[];
  const [isOpen, setIsOpen] = useState(false);
  return (
    <div data-setting="bindings">
      <FirstIdentity>
        <Button onClick={() => setIsOpen(true)}>Advanced…</Button>
      </FirstIdentity>
      {(pairs.length > 1 || pairs.some((pair) => pair.encryption !== 'starttls')) && (
        <p className={styles.others}>
          {plural(pairs.length, 'identity', 'identities')}: {pairs.map(describeBinding).join(', ')}
        </p>
      )}
      {isOpen && (
        <IdentitiesDialog
          bindings={pairs}
          serverCertificate={serverCertificate}
          isReadOnly={bindings.isReadOnly}
          onClose={() => setIsOpen(false)}
          onAccept={(next) => {
            bindings.set(next);
            bindings.leave();
            setIsOpen(false);
          }}
        />
      )}
    </div>
  );
}
