/** A remote domain: relaying, HELO, and its route. */
import { Field, Radio, RadioGroup } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import { CheckSetting, TextSetting } from '../fields';
import { Group } from '../group';
import { useSetting } from '../sheet-context';
import { OwnPort } from './own-port';

export function RemotePage(): ReactElement {
  const smartHost = useSetting('smartHost');
  const [hasHost, setHasHost] = useState(smartHost.value !== '');
  // What was set elsewhere shows too.
  const isByHost = hasHost || smartHost.value !== '';
  return (
    <>
      <Group title="Relay">
        <CheckSetting name="isRelayAllowed" />
      </Group>
      <Group title="Route domain">
        <Field>
          <RadioGroup
            aria-label="Route domain"
            value={isByHost ? 'host' : 'dns'}
            onChange={(_, data) => {
              setHasHost(data.value === 'host');
              if (data.value === 'dns') smartHost.set('');
            }}
          >
            <Radio value="dns" label="Use DNS to route to this domain" />
            <Radio value="host" label="Forward all mail to smart host" />
          </RadioGroup>
        </Field>
        <TextSetting
          name="smartHost"
          label="Smart host"
          hint="A name, or an address in square brackets. It goes before the smart host of the virtual server."
          reasonAgainst={isByHost ? undefined : 'Mail goes by MX.'}
        />
        <OwnPort />
      </Group>
      <Group title="Protocol">
        <CheckSetting name="sendsHelo" />
      </Group>
    </>
  );
}
