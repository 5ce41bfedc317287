/** Tabs about what is right and wrong with an open message, behind the tabs that show it. */
import type { ReactElement } from 'react';
import { useServers } from '../client';
import { LateSpinner } from '../ui/late-spinner';
import { AuthenticationPart } from './authentication-part';
import type { CheckedMail } from './checked-mail';
import { ChecksPart } from './checks-part';
import type { OpenMail } from './mail-reader';
import type { MessageAddress } from './message-content';

/** What is to be checked. */
export interface CheckSubject {
  readonly mail: OpenMail;
  /** undefined: it lies in no folder. */
  readonly address: MessageAddress | undefined;
}

export interface CheckTab {
  readonly id: string;
  readonly title: string;
  readonly render: (subject: CheckSubject) => ReactElement;
}

export const checkTabs: readonly CheckTab[] = [
  { id: 'checks', title: 'Checks', render: (subject) => <Check subject={subject} part={ChecksPart} /> },
  {
    id: 'authentication',
    title: 'Authentication',
    render: (subject) => <Check subject={subject} part={AuthenticationPart} />,
  },
];

const openKeys = new WeakMap<OpenMail, string>();
let openCount = 0;

/** Two files may have the same name and size. */
function keyOf(mail: OpenMail): string {
  const known = openKeys.get(mail);
  if (known !== undefined) return known;
  const key = String(++openCount);
  openKeys.set(mail, key);
  return key;
}

interface CheckProps {
  readonly subject: CheckSubject;
  readonly part: typeof ChecksPart | typeof AuthenticationPart;
}

function Check({ subject: { mail, address }, part: Part }: CheckProps): ReactElement {
  const servers = useServers();
  // A message of no folder is checked with the DNS and the spam checker of the first virtual server.
  const serverId = address?.serverId ?? servers.data?.[0]?.id;
  if (serverId === undefined) return <LateSpinner label="Reading the virtual servers" />;
  const message: CheckedMail = address
    ? { address }
    : {
        key: keyOf(mail),
        sizeBytes: mail.totalBytes,
        readBytes: () => mail.readBytes(0, mail.sizeBytes),
      };
  return <Part message={message} serverId={serverId} />;
}
