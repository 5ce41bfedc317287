/** Messages: limits, copies of non-delivery reports, the badmail folder, Pickup. */
import type { ReactElement } from 'react';
import { CheckSetting, FolderSetting, LimitSetting, TextSetting } from '../fields';
import { Group } from '../group';

export function MessagesPage({ badmailFolder }: { readonly badmailFolder: string }): ReactElement {
  return (
    <>
      <Group title="Limits">
        <LimitSetting name="maxMessageKb" hint={false} />
        <LimitSetting name="maxSessionKb" hint="A sender who is cut off by it will try again; be generous." />
        <LimitSetting name="maxMessagesPerConnection" hint={false} />
        <LimitSetting name="maxRecipients" hint={false} />
      </Group>
      <Group title="Mail that cannot be delivered">
        <TextSetting name="sendNdrTo" />
        <FolderSetting name="badmailDirectory" placeholder={badmailFolder} />
      </Group>
      <Group title="Pickup">
        <CheckSetting name="isPickupDotStuffed" />
        <CheckSetting name="keepsPickupBcc" />
      </Group>
    </>
  );
}
