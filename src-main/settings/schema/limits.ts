/** What one client may cost (reference 3.6, 5.5; the original had only some of them). */
import { z } from 'zod';
import { entry } from './entry';
import { countLimit, minutes } from './values';

export const limitSettings = {
  maxConnectionsPerAddress: entry(countLimit.default(100), {
    title: 'Limit number of connections per address to',
    text: 'Incoming connections of one IP address at the same time; the excess is refused with 421. For IPv6 a /64 network counts as one address. Empty: no limit.',
    applies: 'live',
  }),
  maxSessionMinutes: entry(minutes.nullable().default(1440), {
    title: 'Limit length of a connection to',
    text: 'An incoming connection that is older is closed, but never in the middle of a message. Empty: no limit.',
    unit: 'minutes',
    applies: 'live',
  }),
  minBytesPerSecond: entry(countLimit.default(64), {
    title: 'Cut off transfers of a message slower than',
    text: 'Measured over a minute; the client may send the message again. Empty: no limit.',
    unit: 'bytes/s',
    applies: 'live',
  }),
  maxErrors: entry(countLimit.default(50), {
    title: 'Limit number of errors per connection to',
    text: 'Commands that are refused with a permanent error; the connection is closed behind the last one allowed. Empty: no limit.',
    iis: 'MaxSmtpErrors',
    applies: 'live',
  }),
  maxCommands: entry(countLimit.default(1000), {
    title: 'Limit commands without a message to',
    text: 'A client that keeps talking without handing over a message is cut off. Recipients that are accepted do not count. Empty: no limit.',
    applies: 'live',
  }),
  maxFailedLogOns: entry(countLimit.default(20), {
    title: 'Lock out an address after',
    text: 'Counted over all connections; the address may then not connect for the lock-out time. For IPv6 a /64 network counts as one address. Loopback addresses are never locked out. Empty: never.',
    unit: 'failed log-ins',
    applies: 'live',
  }),
  lockOutMinutes: entry(minutes.default(30), {
    title: 'Lock-out time',
    text: 'How long an address stays locked out, and how long a failed log-in counts.',
    unit: 'minutes',
    applies: 'live',
  }),
  tarPitSeconds: entry(z.number().min(0, 'At least 0.').max(300, 'At most 300 seconds.').default(0), {
    title: 'Tar pit',
    text: 'Delay of each reply with a permanent error to a client that has not logged in. 0: no delay. More than 90 seconds makes honest clients give up.',
    unit: 'seconds',
    iis: 'TarpitTime',
    applies: 'live',
  }),
  greetingDelaySeconds: entry(z.number().min(0, 'At least 0.').max(60, 'At most 60 seconds.').default(0), {
    title: 'Wait before the greeting',
    text: 'A client that speaks before it is greeted breaks the rules, as mass mailers do, and is refused. 0: everybody is greeted at once and nobody is refused for this. Computers in the relay list do not wait.',
    unit: 'seconds',
    applies: 'live',
  }),
} as const;
