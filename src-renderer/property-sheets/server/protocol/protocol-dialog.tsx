/** Protocol: how SMTP is spoken with clients: the greeting, what is offered, and line ends. */
import { makeStyles } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import type { LineEndingPolicy } from '../../../../src-main/api/contract';
import { ListSetting } from '../../address-list/list-setting';
import { RadioSetting, SelectSetting } from '../../fields';
import { Group } from '../../group';
import { useSetting } from '../../sheet-context';
import type { DialogOpenerProps } from '../../sheet-dialog';
import { dialogKeys } from '../page-keys';
import { GreetingSetting } from './greeting-setting';
import { VerbsSetting } from './verbs-setting';

const useStyles = makeStyles({
  whole: { display: 'flex', flexDirection: 'column', minHeight: '100%' },
});

interface ProtocolProps {
  readonly serverId: number;
  /** Name that the virtual server goes by in the draft. */
  readonly fqdn: string;
}

function ProtocolGeneral({ fqdn }: ProtocolProps): ReactElement {
  return (
    <>
      <Group title="Greeting">
        <GreetingSetting fqdn={fqdn} />
      </Group>
      <Group title="Extensions and commands">
        <VerbsSetting />
      </Group>
    </>
  );
}

const policies: readonly { readonly value: LineEndingPolicy; readonly label: string }[] = [
  { value: 'normalise', label: 'Make them CRLF' },
  { value: 'reject', label: 'Refuse the message (550 5.6.11)' },
  { value: 'keep', label: 'Leave them as they are' },
];

function LineEnds({ serverId }: ProtocolProps): ReactElement {
  const styles = useStyles();
  const isEmpty = (useSetting('bareLineEndingsList').value as readonly string[]).length === 0;
  return (
    <div className={styles.whole}>
      <Group title="Lines that end with CR or LF alone">
        <RadioSetting
          name="bareLineEndings"
          hint="Printers and scripts send such lines. Whatever is chosen, only CRLF.CRLF ends a message."
          choices={policies}
          isUnderTitle
        />
      </Group>
      <Group title="Clients with another rule">
        <ListSetting
          name="bareLineEndingsList"
          serverId={serverId}
          empty={{ title: 'One rule for all clients', text: 'Add the computers that need another one.' }}
        />
        <SelectSetting
          name="bareLineEndingsOfListed"
          label="Such lines of the clients in the list"
          hint={false}
          choices={policies}
          reasonAgainst={isEmpty ? 'The list is empty.' : undefined}
        />
      </Group>
    </div>
  );
}

export const protocolOpener = (props: ProtocolProps): DialogOpenerProps => ({
  label: 'Protocol…',
  title: 'Protocol',
  size: 'large',
  pages: [
    {
      id: 'general',
      title: 'General',
      keys: dialogKeys.protocol,
      content: <ProtocolGeneral {...props} />,
    },
    {
      id: 'line-ends',
      title: 'Line ends',
      keys: dialogKeys.lineEnds,
      content: <LineEnds {...props} />,
    },
  ],
});
