/** Messages: limits, copies of non-delivery reports, the badmail folder, Pickup. */
import type { ReactElement } from 'react';
import { CheckSetting, FolderSetting, LimitSetting, RadioSetting, TextSetting } from '../fields';
import { Group } from '../group';
import { type DialogOpenerProps, DialogOpeners } from '../sheet-dialog';
import { dialogKeys } from './page-keys';

const returnChoices = [
  { value: 'headers', label: 'The header' },
  { value: 'full', label: 'The whole message' },
];

function Notifications(): ReactElement {
  return (
    <>
      <Group title="Sender">
        <TextSetting name="postmasterAddress" placeholder="postmaster of the default domain" />
      </Group>
      <Group title="What is returned">
        <RadioSetting
          name="returnedContent"
          choices={returnChoices}
          hint="A sender who asks for one of them (RET) gets that."
          isUnderTitle
        />
        <LimitSetting name="maxReturnedKb" />
      </Group>
    </>
  );
}

const notificationsOpener: DialogOpenerProps = {
  label: 'Notifications…',
  title: 'Notifications',
  size: 'wide',
  pages: [{ id: 'general', title: 'General', keys: dialogKeys.notifications, content: <Notifications /> }],
};

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
        <DialogOpeners openers={[notificationsOpener]} />
        <FolderSetting name="badmailDirectory" placeholder={badmailFolder} />
      </Group>
      <Group title="Pickup">
        <CheckSetting name="isPickupDotStuffed" />
        <CheckSetting name="keepsPickupBcc" />
      </Group>
    </>
  );
}
