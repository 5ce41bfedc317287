/** Access settings of a virtual server (reference 3.5): who may connect, log in, use TLS and relay. */
import { z } from 'zod';
import { entry } from './entry';
import { accessListEntry } from './values';

const maxListEntries = 10_000;

export const accessSettings = {
  allowsAnonymous: entry(z.boolean().default(true), {
    title: 'Anonymous access',
    text: 'No user name and password needed.',
    iis: 'AuthFlags 1',
    applies: 'live',
  }),
  allowsBasic: entry(z.boolean().default(false), {
    title: 'Basic authentication',
    text: 'Clients may log in with AUTH PLAIN and AUTH LOGIN as one of the accounts of this computer.',
    iis: 'AuthFlags 2',
    applies: 'live',
  }),
  basicRequiresTls: entry(z.boolean().default(false), {
    title: 'Requires TLS encryption',
    text: 'A password is taken on an encrypted connection only. Off: it may cross the network in clear text.',
    applies: 'live',
  }),
  defaultLogonDomain: entry(
    z
      .string()
      .max(255)
      .refine(
        (value) => !/[\s\u0000-\u001f\u007f\\@]/.test(value),
        'Enter a domain such as EXAMPLE or example.com.',
      )
      .default(''),
    {
      title: 'Default domain',
      text: 'A client that logs in as "ann" is looked up as "ann@domain" too when this is set.',
      iis: 'DefaultLogonDomain',
      applies: 'live',
    },
  ),
  certificate: entry(
    z
      .string()
      .regex(/^(?:[0-9a-f]{16})?$/, 'Choose a certificate from the list.')
      .default(''),
    {
      title: 'Certificate',
      text: 'Certificate for STARTTLS, by its number in the list of certificates. Empty: no encryption is offered.',
      iis: 'SSLCertHash',
      applies: 'live',
    },
  ),
  requiresTls: entry(z.boolean().default(false), {
    title: 'Require secure channel',
    text: 'Mail is taken only after STARTTLS.',
    iis: 'AccessSSLFlags',
    applies: 'live',
  }),
  requires128Bit: entry(z.boolean().default(false), {
    title: 'Require 128-bit encryption',
    text: 'Mail is refused on connections whose cipher is weaker than 128 bits.',
    iis: 'AccessSSLFlags',
    applies: 'live',
  }),
  connectionMode: entry(z.enum(['only', 'except']).default('except'), {
    title: 'Connection control',
    text: 'Who may connect: only the computers in the list, or all except those in the list.',
    iis: 'IPSecurity',
    applies: 'live',
  }),
  connectionList: entry(z.array(accessListEntry).max(maxListEntries).default([]), {
    title: 'Connection list',
    text: 'IP addresses, subnets and domains that connection control speaks of. A domain stands for computers whose verified host name is in it.',
    iis: 'IPSecurity',
    applies: 'live',
  }),
  relayMode: entry(z.enum(['only', 'except']).default('only'), {
    title: 'Relay restrictions',
    text: 'Who may relay: only the computers in the list, or all except those in the list. "except" with a short list is an open relay.',
    iis: 'RelayIpList',
    applies: 'live',
  }),
  relayList: entry(z.array(accessListEntry).max(maxListEntries).default([]), {
    title: 'Relay list',
    text: 'IP addresses, subnets and domains that the relay restrictions speak of. Empty and "only": nobody may relay by address.',
    iis: 'RelayIpList',
    applies: 'live',
  }),
  relaysForAuthenticated: entry(z.boolean().default(true), {
    title: 'Allow all computers which successfully authenticate to relay, regardless of the list above',
    text: 'Whoever has logged in as one of the accounts may relay.',
    iis: 'RelayForAuth',
    applies: 'live',
  }),
  performsReverseDnsLookup: entry(z.boolean().default(false), {
    title: 'Perform reverse DNS lookup on incoming messages',
    text: "Looks up the client's host name and notes it in the Received line; it refuses nobody. The answer is waited for no longer than a few seconds.",
    iis: 'EnableReverseDnsLookup',
    applies: 'live',
  }),
} as const;
