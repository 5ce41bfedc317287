/** Access: who may relay through this virtual server. */
import {
  Field,
  MessageBar,
  MessageBarBody,
  makeStyles,
  Radio,
  RadioGroup,
  tokens,
} from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { LinesSetting } from '../fields';
import { Group } from '../group';
import { isOpenRelay } from '../open-relay';
import { useSetting } from '../sheet-context';

const useStyles = makeStyles({ lead: { margin: 0, color: tokens.colorNeutralForeground2 } });

export function AccessPage(): ReactElement {
  const styles = useStyles();
  const mode = useSetting('relayMode');
  const list = useSetting('relayList');
  const relayList = Array.isArray(list.value) ? (list.value as string[]) : [];
  const relayMode = mode.value === 'except' ? 'except' : 'only';
  return (
    <Group title="Relay restrictions">
      <p className={styles.lead}>
        Mail for the domains of this virtual server is always taken. These restrictions are about mail to
        anywhere else.
      </p>
      <Field label="Which computers may relay through this virtual server">
        <RadioGroup value={relayMode} onChange={(_, data) => mode.set(data.value)}>
          <Radio value="only" label="Only the list below" />
          <Radio value="except" label="All except the list below" />
        </RadioGroup>
      </Field>
      <LinesSetting
        name="relayList"
        label="Computers"
        rows={8}
        hint="IP addresses and subnets, one a line, such as 127.0.0.1 or 10.0.4.0/24."
      />
      {isOpenRelay({ relayMode, relayList }) ? (
        <MessageBar intent="error" layout="multiline">
          <MessageBarBody>
            This is an open relay: anybody who can connect may send mail to anywhere.
          </MessageBarBody>
        </MessageBar>
      ) : (
        relayList.length === 0 && <p className={styles.lead}>The list is empty: nobody may relay.</p>
      )}
    </Group>
  );
}
