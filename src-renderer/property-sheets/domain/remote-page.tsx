/** A remote domain: relaying, HELO, log-in and encryption, and its route. */
import { makeStyles, Radio, RadioGroup } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import { CheckSetting, TextSetting } from '../fields';
import { Group } from '../group';
import { outboundSecurityOpener } from '../outbound-security';
import { useSetting } from '../sheet-context';
import { DialogOpeners } from '../sheet-dialog';
import { OwnPort } from './own-port';

const useStyles = makeStyles({ radios: { marginInlineStart: '-8px' } });

export function RemotePage(): ReactElement {
  const styles = useStyles();
  const smartHost = useSetting('smartHost');
  const [hasHost, setHasHost] = useState(smartHost.value !== '');
  const isHeld = useSetting('holdsForTrigger').value === true;
  // What was set elsewhere shows too.
  const isByHost = hasHost || smartHost.value !== '';
  return (
    <>
      <Group title="General">
        <CheckSetting name="isRelayAllowed" />
        <CheckSetting name="sendsHelo" />
        <DialogOpeners openers={[outboundSecurityOpener({ whose: 'at the hosts of this domain' })]} />
      </Group>
      <Group title="Route domain">
        <RadioGroup
          className={styles.radios}
          aria-label="Route domain"
          value={isByHost ? 'host' : 'dns'}
          disabled={smartHost.isReadOnly}
          onChange={(_, data) => {
            setHasHost(data.value === 'host');
            if (data.value === 'dns') smartHost.set('');
          }}
        >
          <Radio value="dns" label="Use DNS to route to this domain" />
          <Radio value="host" label="Forward all mail to smart host" />
        </RadioGroup>
        <TextSetting
          name="smartHost"
          label="Smart host"
          hint="A name, or an address in square brackets. It goes before the smart host of the virtual server."
          reasonAgainst={
            isByHost
              ? undefined
              : isHeld
                ? 'Mail waits until the host of this domain asks for it.'
                : 'Mail goes by MX.'
          }
        />
        <OwnPort />
      </Group>
    </>
  );
}
