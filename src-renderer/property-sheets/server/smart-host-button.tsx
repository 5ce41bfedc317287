/** Set Up Smart Host…: fills the draft of the sheet with what a provider needs. */
import { type ReactElement, useContext, useState } from 'react';
import { type ServerSettings, serverSettings } from '../../../src-main/api/contract';
import { useServerDetails } from '../../client';
import { ReasonedButton } from '../../ui/reasoned-button';
import { useSheet } from '../sheet-context';
import { SmartHostSlot } from '../smart-host-slot';

export function SmartHostButton({ serverId }: { readonly serverId: number }): ReactElement {
  const sheet = useSheet();
  const render = useContext(SmartHostSlot);
  const domains = useServerDetails(serverId).data?.settings.domains ?? [];
  const [isOpen, setIsOpen] = useState(false);
  // What is in the sheet and not applied counts.
  const drafted = Object.fromEntries(
    Object.keys(serverSettings.shape).map((key) => [key, sheet.value(key)]),
  ) as ServerSettings;
  return (
    <>
      <ReasonedButton
        reason={sheet.isReadOnly ? 'Only an administrator can change settings.' : undefined}
        onClick={() => setIsOpen(true)}
      >
        Set Up Smart Host…
      </ReasonedButton>
      {isOpen &&
        render({
          settings: { ...drafted, domains },
          onPatch: (patch) => {
            for (const [key, value] of Object.entries(patch)) {
              sheet.set(key, value);
              sheet.leave(key);
            }
          },
          onClose: () => setIsOpen(false),
        })}
    </>
  );
}
