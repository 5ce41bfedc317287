/** Asking another host for our mail (reference 5.6, client side): ETRN, ATRN and TURN on a schedule. */
import { z } from 'zod';
import { entry } from './entry';
import { outboundSecurity } from './outbound-security';
import { domainName, minutes, port, smartHost } from './values';

export const weekDays = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
export type WeekDay = (typeof weekDays)[number];

const collectionCommands = ['etrn', 'atrn', 'turn'] as const;

const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'Enter a time of day such as 08:30.');

export const collection = z.strictObject({
  name: entry(
    z
      .string()
      .trim()
      .min(1, 'Enter a name.')
      .max(100, 'A name has at most 100 characters.')
      .refine((value) => !/[\u0000-\u001f\u007f]/.test(value), 'A name cannot contain control characters.'),
    { title: 'Name', text: 'Shown in the list and in logs.', applies: 'live' },
  ),
  isEnabled: entry(z.boolean().default(true), {
    title: 'Ask on schedule',
    text: 'Off: it is asked by hand only.',
    applies: 'live',
  }),
  host: entry(
    smartHost.refine((value) => value !== '', 'Enter the host.'),
    {
      title: 'Host',
      text: 'The host that holds our mail: a name, or an address in square brackets.',
      applies: 'live',
    },
  ),
  port: entry(port.nullable().default(null), {
    title: 'TCP port',
    text: 'Empty: 366 for ATRN, 25 otherwise.',
    applies: 'live',
  }),
  command: entry(z.enum(collectionCommands).default('etrn'), {
    title: 'Command',
    text: 'etrn: the host connects to us and delivers; atrn and turn: it delivers over the same connection, after a log-in.',
    iis: 'RouteAction 0x2000, 0x4000',
    applies: 'live',
  }),
  domains: entry(z.array(domainName).min(1, 'Enter at least one domain.').max(100, 'At most 100 domains.'), {
    title: 'Domains',
    text: 'Domains whose mail is asked for.',
    iis: 'CSideEtrnDomains',
    applies: 'live',
  }),
  everyMinutes: entry(minutes.default(60), {
    title: 'Interval',
    text: 'Time from one request to the next.',
    unit: 'minutes',
    applies: 'live',
  }),
  days: entry(
    z
      .array(z.enum(weekDays))
      .min(1, 'Choose at least one day.')
      .max(7)
      .default([...weekDays]),
    {
      title: 'Days',
      text: 'Days of the week on which it is asked.',
      iis: 'EtrnDays',
      applies: 'live',
    },
  ),
  fromTime: entry(timeOfDay.default('00:00'), {
    title: 'From',
    text: 'Time of day of the first request, in the time of this computer.',
    applies: 'live',
  }),
  toTime: entry(timeOfDay.default('23:59'), {
    title: 'To',
    text: 'No request is made after this time of day. Earlier than the first: the next day.',
    applies: 'live',
  }),
  ...outboundSecurity({ whose: 'at this host' }),
});
export type Collection = z.infer<typeof collection>;

export const collections = entry(z.array(collection).max(100, 'At most 100 entries.').default([]), {
  title: 'Hosts asked for our mail',
  text: 'Other hosts that hold mail for this virtual server and are asked for it on a schedule.',
  applies: 'live',
});
