/** Settings of a domain (reference 1.6, 3.10): the default domain, alias domains and remote domains. */
import { z } from 'zod';
import { entry } from './entry';
import { furtherSmartHosts, outboundSecurity, routeLimits } from './outbound-security';
import { domainName, domainPattern, folderPath, port, smartHost } from './values';

export const localDomain = z.strictObject({
  type: z.enum(['default', 'alias']),
  name: entry(domainName, {
    title: 'Name',
    text: 'Mail for this domain is dropped into the Drop folder. One domain of a virtual server is the default domain; the others are its aliases.',
    iis: 'DefaultDomain',
    applies: 'live',
  }),
});

export const remoteDomain = z.strictObject({
  type: z.literal('remote'),
  name: entry(domainPattern, {
    title: 'Name',
    text: 'Domain whose mail is routed by the settings below; *.example.com stands for all subdomains of example.com.',
    applies: 'live',
  }),
  isRelayAllowed: entry(z.boolean().default(false), {
    title: 'Allow incoming mail to be relayed to this domain',
    text: 'Anybody who may connect may send to this domain, whatever the relay restrictions say.',
    iis: 'RouteAction 0x1000',
    applies: 'live',
  }),
  sendsHelo: entry(z.boolean().default(false), {
    title: 'Send HELO instead of EHLO',
    text: 'For old servers and firewalls that do not understand EHLO.',
    iis: 'RouteAction 0x400000',
    applies: 'live',
  }),
  smartHost: entry(smartHost.default(''), {
    title: 'Forward all mail to smart host',
    text: 'Host that takes all mail for this domain: a name, or an address in square brackets. Empty: use DNS to route to this domain.',
    iis: 'RouteActionString',
    applies: 'live',
  }),
  port: entry(port.nullable().default(null), {
    title: 'TCP port',
    text: 'Port for mail to this domain. Empty: the TCP port of the virtual server.',
    applies: 'live',
  }),
  furtherSmartHosts,
  ...routeLimits,
  holdsForTrigger: entry(z.boolean().default(false), {
    title: 'Queue messages for remote triggered delivery',
    text: 'Mail for this domain waits until its host asks for it with ETRN, or fetches it with ATRN or TURN.',
    iis: 'RouteAction 0x200',
    applies: 'live',
  }),
  turnAccounts: entry(
    z
      .array(z.string().trim().min(1, 'Enter the name of an account.').max(255, 'At most 255 characters.'))
      .max(100, 'At most 100 accounts.')
      .default([]),
    {
      title: 'Accounts authorized to use ATRN',
      text: 'A client that has logged in as one of these accounts may fetch the mail of this domain with ATRN or TURN.',
      iis: 'AuthTurnList',
      applies: 'live',
    },
  ),
  ...outboundSecurity({ whose: 'at the hosts of this domain', iis: 'RouteAction 0x4, 0x80, 0x100' }),
});

export const domainSettings = z.discriminatedUnion('type', [localDomain, remoteDomain]);
export type DomainSettings = z.infer<typeof domainSettings>;
export type RemoteDomainSettings = z.infer<typeof remoteDomain>;

export const dropFolder = entry(z.union([z.literal(''), folderPath]).default(''), {
  title: 'Drop directory',
  text: 'Folder for mail to the default domain and its aliases. Empty: the folder Drop below the home directory.',
  iis: 'DropDirectory',
  applies: 'restart',
});

export const hasDropQuota = entry(z.boolean().default(false), {
  title: 'Enable drop directory quota',
  text: 'Limits the Drop folder to ten times the message size limit; mail beyond it waits in Queue.',
  applies: 'live',
});
