/** How the SMTP protocol is spoken with clients (reference 5). */
import { z } from 'zod';
import { entry } from './entry';
import { accessListEntry, addressOrSubnet } from './values';

/** Extensions and commands that can be switched off, in the order of the EHLO reply. */
export const switchableVerbs = [
  'TURN',
  'ATRN',
  'ETRN',
  'PIPELINING',
  'DSN',
  'ENHANCEDSTATUSCODES',
  '8BITMIME',
  'BINARYMIME',
  'CHUNKING',
  'SMTPUTF8',
  'VRFY',
  'HELP',
] as const;
export type SwitchableVerb = (typeof switchableVerbs)[number];

export const lineEndingPolicies = ['normalise', 'reject', 'keep'] as const;
export type LineEndingPolicy = (typeof lineEndingPolicies)[number];

const mostEntries = 1000;

export const protocolSettings = {
  greeting: entry(
    z
      .string()
      .max(200, 'At most 200 characters.')
      .refine((value) => /^[ -~]*$/.test(value), 'Only ASCII characters can stand in the greeting.')
      .default(''),
    {
      title: 'Greeting',
      text: 'Text behind the name in the greeting. Empty: product, version and date. Audits often ask that no version is shown.',
      iis: 'ConnectResponse',
      applies: 'live',
    },
  ),
  verbsOff: entry(
    z
      .array(z.enum(switchableVerbs))
      .max(switchableVerbs.length)
      .refine((all) => new Set(all).size === all.length, 'An extension is listed twice.')
      .default([]),
    {
      title: 'Extensions that are switched off',
      text: 'What is listed is neither offered nor accepted. TURN, ATRN and ETRN are offered only while a remote domain waits for them.',
      iis: 'SmtpInboundCommandSupportOptions',
      applies: 'live',
    },
  ),
  bareLineEndings: entry(z.enum(lineEndingPolicies).default('normalise'), {
    title: 'Lines that end with CR or LF alone',
    text: 'normalise: they become CRLF; reject: the message is refused with 550 5.6.11; keep: they stay. Only CRLF.CRLF ever ends a message.',
    applies: 'live',
  }),
  bareLineEndingsList: entry(z.array(accessListEntry).max(mostEntries).default([]), {
    title: 'Clients with another rule for line ends',
    text: 'Computers for which the setting below holds instead of the one above.',
    applies: 'live',
  }),
  bareLineEndingsOfListed: entry(z.enum(lineEndingPolicies).default('normalise'), {
    title: 'Lines of listed clients that end with CR or LF alone',
    text: 'As above, for the computers in the list.',
    applies: 'live',
  }),
  proxyList: entry(z.array(addressOrSubnet).max(mostEntries).default([]), {
    title: 'Proxies',
    text: "Load balancers that begin each connection with the PROXY protocol, version 1 or 2; the client's address is taken from there, and a connection of theirs without it is refused. Nobody else is believed.",
    applies: 'live',
  }),
} as const;
