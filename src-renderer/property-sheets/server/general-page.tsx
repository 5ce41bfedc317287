/** General: name, identities, limits of incoming connections, automatic start. */
import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import { type Binding, formatBinding } from '../../../src-main/api/contract';
import { CheckSetting, LimitSetting, NumberSetting, TextSetting } from '../fields';
import { Group } from '../group';
import { useSetting } from '../sheet-context';
import { FirstIdentity } from './first-identity';
import { IdentitiesDialog } from './identities-dialog';

const useStyles = makeStyles({
  more: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalM },
  others: {
    color: tokens.colorNeutralForeground2,
    minWidth: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
  },
});

export function GeneralPage({ fqdn }: { readonly fqdn: string }): ReactElement {
  const styles = useStyles();
  const bindings = useSetting('bindings');
  const pairs = bindings.value as readonly Binding[];
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Group title="Identity">
        <TextSetting name="name" hint={`Introduces itself as ${fqdn}; that name is set under Delivery.`} />
        <FirstIdentity />
        <div className={styles.more}>
          <Button onClick={() => setIsOpen(true)}>Advanced…</Button>
          <span className={styles.others}>
            {pairs.length === 1
              ? 'One identity'
              : `${pairs.length} identities: ${pairs.map(formatBinding).join(', ')}`}
          </span>
        </div>
      </Group>
      <Group title="Incoming connections">
        <LimitSetting name="maxConnections" proposal={1000} />
        <NumberSetting name="connectionTimeoutMinutes" />
      </Group>
      <Group title="Start">
        <CheckSetting name="startsAutomatically" />
      </Group>
      {isOpen && (
        <IdentitiesDialog
          bindings={pairs}
          onClose={() => setIsOpen(false)}
          onAccept={(next) => {
            bindings.set(next);
            bindings.leave();
            setIsOpen(false);
          }}
        />
      )}
    </>
  );
}
