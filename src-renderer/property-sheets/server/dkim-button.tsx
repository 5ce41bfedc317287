/** DKIM…: the keys that sign outgoing mail. They are made and published there, and in force at once. */
import { Button } from '@fluentui/react-components';
import { type ReactElement, useContext, useState } from 'react';
import type { DomainSettings } from '../../../src-main/api/contract';
import { DkimSlot } from '../dkim-slot';
import { useSheet } from '../sheet-context';

export function DkimButton({ serverId }: { readonly serverId: number }): ReactElement {
  const render = useContext(DkimSlot);
  const { value } = useSheet();
  const [isOpen, setIsOpen] = useState(false);
  const domains = value('domains') as readonly DomainSettings[];
  const masquerade = String(value('masqueradeDomain') ?? '');
  const local = domains.filter(({ type }) => type !== 'remote').map(({ name }) => name);
  return (
    <>
      <Button data-opens="dkimKeys" onClick={() => setIsOpen(true)}>
        DKIM…
      </Button>
      {isOpen &&
        render({
          serverId,
          serverName: String(value('name')),
          suggestedDomains: masquerade === '' ? local : [masquerade, ...local],
          onClose: () => setIsOpen(false),
        })}
    </>
  );
}
