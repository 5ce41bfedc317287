/** What a node is and what can be done with it. Pure. */
import type { ServerFolder } from '../console-tree/places';
import type { VerbTarget } from './verbs';

export interface HelpText {
  readonly title: string;
  readonly paragraphs: readonly string[];
}

const computer: HelpText = {
  title: 'This computer',
  paragraphs: [
    'Holds the SMTP virtual servers. Each has addresses, folders, limits and rules of its own, as if it were a mail server by itself.',
    'The list shows how each of them does. What needs somebody stands above the list.',
    'A new virtual server is made with New, SMTP Virtual Server.',
  ],
};

const server: HelpText = {
  title: 'SMTP virtual server',
  paragraphs: [
    'Receives mail on its addresses and from its Pickup folder. Mail for its own domains is put into Drop as files; everything else is relayed, by DNS or to a smart host.',
    'Who may relay is told under Receiving, and set in Properties, Access. By default nobody may.',
    'Pause takes no new connections and lets open ones end; then Stop interrupts nobody. What waits stays in Queue and is delivered after the next start.',
    'Delete forgets the virtual server. Its folders and the mail in them stay on disk.',
    'Whoever is too much is kept away: Access, Protection limits connections and failed log-ins of each address, and General, Limits what one connection may cost.',
    'Not in this version: LDAP Routing and ODBC logging.',
  ],
};

const changes: HelpText = {
  title: 'Changes',
  paragraphs: [
    'Who changed what and when: settings with their old and new value, accounts, operators, certificates, and what was done with servers, sessions and mail.',
    'Passwords stand nowhere in it. It is kept in the data folder and goes on through restarts.',
  ],
};

const folders: Record<ServerFolder, HelpText> = {
  domains: {
    title: 'Domains',
    paragraphs: [
      'The domains this virtual server knows. Mail for the default domain and for its aliases is dropped here. Mail for a remote domain is sent on, by a route of its own if it has one.',
      'One local domain is the default: an address without a domain gets it. It cannot be deleted; another one can take its place with Set as Default.',
      'The name *.example.com stands for all subdomains of example.com.',
    ],
  },
  sessions: {
    title: 'Current Sessions',
    paragraphs: [
      'The connections that are open now. User is the account that logged in, or else the name that the client gave.',
      'Below the list stands what was said in the selected session. Ended shows the last 1,000 that are over, and who was refused at the door; Locked Out the addresses that may not connect after too many failed log-ins, and lets them in again.',
      'Terminate closes a connection with 421. A message that was accepted before is kept; one that was not stays with its sender, who tries again.',
    ],
  },
  queue: {
    title: 'Queue',
    paragraphs: [
      'Messages that wait for at least one recipient, one row for each destination. The bars show how old they are and where they go; a click on one filters the list.',
      'Retry Now makes the next attempt at once. Hold keeps a message until it is released; Freeze keeps all mail for a destination. Change Route and Change Recipient send it elsewhere. Delete asks whether the senders are told.',
      'Verbs act on what is selected, or on all that the filter matches: the line above the list says which.',
      'After a time without success the message goes back to its sender; if that fails too, it comes to Badmail.',
    ],
  },
  drop: {
    title: 'Drop',
    paragraphs: [
      'Mail for local domains, one file for each message, for a program or a person to take away.',
      'The lines x-sender and x-receiver at the top of a file are the envelope: who got the message, whatever its headers say.',
    ],
  },
  badmail: {
    title: 'Badmail',
    paragraphs: [
      'Messages that could be neither delivered nor returned. Beside each stands why.',
      'Mend what was wrong and send a message again, with the envelope it had or with another. What is deleted can be brought back for an hour.',
    ],
  },
  pickup: {
    title: 'Pickup',
    paragraphs: [
      'A file that a program writes here is sent and removed, within seconds. Lines x-sender and x-receiver on top are its envelope; without them the headers are.',
      'What stays is listed with the reason: half written, or of a name under which files are still being written, or the queue takes nothing now.',
    ],
  },
  trace: {
    title: 'Trace',
    paragraphs: [
      'Where is my mail? Every message with its way: who brought it, each attempt with what was said, and what became of each recipient. What was refused is here too.',
      'How long it is kept, and whether with dialogues, is set under Housekeeping. A message can be looked for by a part of an address, of its subject or of its Message-ID.',
    ],
  },
};

const search: HelpText = {
  title: 'Search',
  paragraphs: [
    'Mail in Drop, Queue, Badmail and Pickup of all virtual servers. Words are looked for in subject, addresses, text and names of attachments.',
    'from: to: subject: tag: server: in:drop has:attachment before:2026-11-01 after:7d larger:2MB smaller:10KB is:unread is:starred header:X-Mailer=word narrow it down; - before a word leaves out what has it; "several words" are found together.',
    'By conversation shows one row for all messages that belong together; Enter on it, or its number of messages, leads to them.',
    'A search can be saved under a name, for everybody who uses this Mailroot.',
  ],
};

const domains: Record<'default' | 'alias' | 'remote', HelpText> = {
  default: {
    title: 'Default domain',
    paragraphs: [
      'Mail for this domain is put into Drop. An address that has no domain gets this one.',
      'It can be renamed, not deleted.',
    ],
  },
  alias: {
    title: 'Alias domain',
    paragraphs: [
      'Mail for this domain is put into Drop, like that of the default domain. It has no settings of its own.',
      'Set as Default makes it the default domain.',
    ],
  },
  remote: {
    title: 'Remote domain',
    paragraphs: [
      'Mail for this domain is sent on: by DNS, or to a smart host. Its settings go before those of the virtual server.',
      'Where its host is not always connected, mail can wait until it is asked for: "Queue messages for remote triggered delivery" under Advanced.',
      'Anybody may send to it only where "Allow incoming mail to be relayed to this domain" is checked.',
    ],
  },
};

/** The text for what is selected: the row where it has one of its own, else the node. */
export function helpOf({ place, item }: Pick<VerbTarget, 'place' | 'item'>): HelpText {
  if (item?.kind === 'domain') return domains[item.domain.type];
  if (place.kind === 'folder') return folders[place.folder];
  if (place.kind === 'changes') return changes;
  if (place.kind === 'search') return search;
  if (place.kind === 'trace') return folders.trace;
  return place.kind === 'server' ? server : computer;
}
