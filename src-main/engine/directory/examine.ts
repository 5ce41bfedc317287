/**
 * What the directory says about one address, in words: for the button "Test…", `mailroot ldap test` and explain. The
 * same resolution as for mail, over a connection of its own, and nothing remembered.
 *
 * Promises: an answer within a quarter of a minute or so; never more than some addresses of a group.
 * Fails: with the Problem of the step that did not work, its field the setting behind it where one is.
 */
import { isEnvelopeAddress } from '../core/address';
import { Problem } from '../core/problem';
import { formatStatus } from '../core/smtp-status';
import { type ConnectionMeans, openConnection } from './connection';
import type { DirectorySettings } from './directory-settings';
import { lookUpOver } from './ldap-directory';
import { LookUpMemory } from './look-up';
import { type ResolutionCounters, resolveAddresses } from './resolver';

export interface Examination {
  readonly server: string;
  readonly base: string;
  readonly result: 'unknown' | 'unchanged' | 'rewritten' | 'expanded' | 'refused';
  /** The names of the entry or entries behind it; at most some. */
  readonly entries: readonly string[];
  /** Where mail would go; at most some. */
  readonly addresses: readonly string[];
  readonly addressCount: number;
  /** One or two sentences. */
  readonly text: string;
  /** The reply with which the mail would be returned. */
  readonly reply?: string;
}

const mostShown = 50;

export async function examineAddress(
  address: string,
  options: ConnectionMeans & {
    readonly settings: DirectorySettings;
    readonly isLocal: (address: string) => boolean;
    readonly connect?: typeof openConnection;
  },
): Promise<Examination> {
  const { settings, isLocal, connect = openConnection, clock } = options;
  if (!isEnvelopeAddress(address, { allowsUtf8: true }))
    throw new Problem('invalid', 'Enter a mail address such as ann@corp.test.', 'address');
  const connection = await connect(settings, options);
  try {
    const lookUp = lookUpOver(connection, settings, new LookUpMemory(clock), { lookups: 0, cacheHits: 0 });
    const counters: ResolutionCounters = {
      unresolved: 0,
      ambiguous: 0,
      illegal: 0,
      loops: 0,
      groupsExpanded: 0,
      tooLarge: 0,
    };
    const entries: string[] = [];
    const {
      recipients: [answer],
    } = await resolveAddresses(
      { sender: '', recipients: [address], isUtf8: true },
      {
        lookUp: {
          async byAddress(asked) {
            const found = await lookUp.byAddress(asked);
            if (found.kind === 'entry' && entries.length === 0) entries.push(found.entry.name);
            return found;
          },
          byName: (name) => lookUp.byName(name),
        },
        counters,
        maxGroupMembers: settings.ldapMaxGroupMembers,
        refusesUnknown: settings.ldapRefusesUnknown,
        isLocal,
      },
    );
    const place = { server: connection.server, base: connection.base, entries };
    const [name] = entries;
    const none = { addresses: [], addressCount: 0 };
    switch (answer?.kind) {
      case 'refused':
        return {
          ...place,
          ...none,
          result: 'refused',
          text: `${entries.length > 0 ? `It is ${name}. ` : ''}Mail is returned: ${answer.status.text}.`,
          reply: formatStatus(answer.status),
        };
      case 'rewritten':
        return {
          ...place,
          result: 'rewritten',
          addresses: [answer.address],
          addressCount: 1,
          text: `It is ${name}. Mail goes to ${answer.address}.`,
        };
      case 'expanded': {
        const count = answer.members.length;
        const bad = answer.members.filter(({ refusal }) => refusal).length;
        const returned = bad === 0 ? '' : ` ${bad} of them cannot be sent to.`;
        return {
          ...place,
          result: 'expanded',
          addresses: answer.members.slice(0, mostShown).map((member) => member.address),
          addressCount: count,
          text: `It is ${name}. Mail goes to ${count} ${count === 1 ? 'address' : 'addresses'} in its place.${returned}`,
        };
      }
      default:
        return entries.length === 0
          ? {
              ...place,
              ...none,
              result: 'unknown',
              text: 'The directory does not know it. Mail goes to it as it is.',
            }
          : {
              ...place,
              result: 'unchanged',
              addresses: [address],
              addressCount: 1,
              text: `It is ${name}. Its address stays as it is.`,
            };
    }
  } finally {
    connection.close();
  }
}
