/** Routes by sender: whose mail goes another way than the virtual server's (reference 8, 10). */
import { z } from 'zod';
import { entry } from './entry';
import { furtherSmartHosts, outboundSecurity, routeLimits } from './outbound-security';
import { port, senderPattern, smartHost } from './values';

export const senderRoute = z.strictObject({
  name: entry(
    z
      .string()
      .trim()
      .min(1, 'Enter a name.')
      .max(100, 'A name has at most 100 characters.')
      .refine((value) => !/[\u0000-\u001f\u007f]/.test(value), 'A name cannot contain control characters.'),
    {
      title: 'Name',
      text: 'Shown in the list of routes and wherever a route is explained.',
      applies: 'live',
    },
  ),
  senders: entry(
    z.array(senderPattern).min(1, 'Enter at least one sender.').max(1000, 'At most 1000 senders.'),
    {
      title: 'Senders',
      text: 'Addresses (app@example.com), domains (example.com, *.example.com), or <> for notifications. Compared with the reverse-path.',
      applies: 'live',
    },
  ),
  smartHost: entry(smartHost.default(''), {
    title: 'Smart host',
    text: 'Host that takes the mail of these senders: a name, or an address in square brackets. Empty: use DNS.',
    applies: 'live',
  }),
  port: entry(port.nullable().default(null), {
    title: 'TCP port',
    text: 'Port for this route. Empty: the TCP port of the virtual server.',
    applies: 'live',
  }),
  furtherSmartHosts,
  ...routeLimits,
  ...outboundSecurity({ whose: 'at the hosts of this route' }),
});
export type SenderRoute = z.infer<typeof senderRoute>;

/** The first that matches decides; remote domains come before them. */
export const senderRoutes = entry(z.array(senderRoute).max(200, 'At most 200 routes.').default([]), {
  title: 'Routes by sender',
  text: 'Mail of these senders goes another way than that of the virtual server. The first route that matches decides; local and remote domains come first.',
  applies: 'live',
});
