/** Questions that a person asks before or instead of sending mail. Nothing is changed by them. */
import { z } from 'zod';
import { operator, viewer } from './base';
import { serverId } from './values';

/** Which control holds the rule: a setting of the virtual server, of one of its domains, or of a route by sender. */
const ruleControl = z.object({
  /** Name of the setting ("relayList"); 'domains' for the list of domains itself; 'accounts' for the accounts. */
  setting: z.string(),
  /** Set when it is a setting of this domain. */
  domain: z.string().optional(),
  /** Name of the route by sender that it belongs to; the setting is then 'senderRoutes'. */
  route: z.string().optional(),
});

export const explanationStep = z.object({
  /** What was decided, in the order of a message's way. */
  decision: z.enum([
    'connect',
    'submit',
    'relay',
    'directory',
    'route',
    'next-hop',
    'security',
    'limits',
    'retry',
  ]),
  /** 'pass' goes on, 'refuse' ends it, 'info' only tells. */
  verdict: z.enum(['pass', 'refuse', 'info']),
  /** One sentence: what was decided. */
  text: z.string(),
  /** One sentence: the rule behind it, as it is set today. */
  rule: z.string(),
  control: ruleControl.optional(),
  /** The reply that the client would get. */
  reply: z.string().optional(),
});
export type ExplanationStep = z.infer<typeof explanationStep>;

export const explanation = z.object({
  steps: z.array(explanationStep),
  isAccepted: z.boolean(),
  /** One sentence: what would become of the message. */
  outcome: z.string(),
});
export type Explanation = z.infer<typeof explanation>;

export const diagnostics = {
  /** What would happen to a message from A to B sent by computer C, logged in as user U: today's settings, no mail. */
  explain: viewer
    .input(
      z.object({
        serverId,
        from: z.string().max(320),
        to: z.string().max(320),
        /** IP address of the client. */
        clientAddress: z.string().max(100),
        /** Verified host name of the client; undefined: looked up where a list names domains. */
        clientName: z.string().max(255).optional(),
        /** Account that the client has logged in with. */
        user: z.string().max(255).optional(),
        isEncrypted: z.boolean().default(false),
        /** Asks DNS for the hosts of the next hop. */
        resolvesNextHop: z.boolean().default(true),
      }),
    )
    .output(explanation),
  /** Addresses of a name, or names of an address, by the DNS servers of the virtual server ("DNS Lookup", "Check DNS"). */
  lookUp: operator
    .input(z.object({ serverId: serverId.optional(), name: z.string().min(1, 'Enter a name.').max(255) }))
    .output(
      z.object({
        addresses: z.array(z.string()),
        names: z.array(z.string()),
        mailHosts: z.array(z.object({ name: z.string(), preference: z.number() })),
        /** Why nothing was found, in words. */
        problem: z.string().optional(),
      }),
    ),
};
