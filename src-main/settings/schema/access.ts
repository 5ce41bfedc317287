/** Access settings of a virtual server (reference 3.5): who may connect, log in, use TLS and relay. */
import { z } from 'zod';
import { entry } from './entry';
import { accessListEntry, addressOrSubnet, certificateNumber, filePath, tlsVersions } from './values';

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
  allowsIntegrated: entry(z.boolean().default(false), {
    title: 'Integrated Windows Authentication',
    text: 'Clients may log in with AUTH NTLM (version 2 alone) as one of the accounts that allow it, and with AUTH GSSAPI where this computer has a Kerberos key.',
    iis: 'AuthFlags 4',
    applies: 'live',
  }),
  allowsChallengeResponse: entry(z.boolean().default(false), {
    title: 'Challenge-response authentication',
    text: 'Clients may log in with AUTH SCRAM-SHA-256 and AUTH CRAM-MD5 as one of the accounts that allow it; the password never crosses the network.',
    applies: 'live',
  }),
  kerberosKeytab: entry(z.union([z.literal(''), filePath]).default(''), {
    title: 'Kerberos key file',
    text: 'File with the key of the service (smtp/host name). Empty: the key file of this computer.',
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
  certificate: entry(certificateNumber.default(''), {
    title: 'Certificate',
    text: 'Certificate for encryption, by its number in the list of certificates. Empty: no encryption is offered.',
    iis: 'SSLCertHash',
    applies: 'live',
  }),
  furtherCertificates: entry(
    z
      .array(z.string().regex(/^[0-9a-f]{16}$/, 'Choose a certificate from the list.'))
      .max(100, 'At most 100 certificates.')
      .refine((all) => new Set(all).size === all.length, 'A certificate is listed twice.')
      .default([]),
    {
      title: 'Further certificates',
      text: 'A client that asks for a name (SNI) gets the first certificate that is good for it, from these; every other client the certificate above.',
      applies: 'live',
    },
  ),
  minimumTls: entry(z.enum(tlsVersions).default('TLSv1.2'), {
    title: 'Lowest TLS version',
    text: 'Clients that can do no better are not served. TLS 1.0 and 1.1 are broken: rather name the devices that need them in the list below.',
    applies: 'live',
  }),
  oldTlsList: entry(z.array(addressOrSubnet).max(1000).default([]), {
    title: 'Clients that may use old TLS',
    text: 'Addresses and subnets of devices that know nothing better than TLS 1.0 or 1.1 and old ciphers. They get them, where this computer still can; everybody else keeps to the lowest version above.',
    applies: 'live',
  }),
  requiresTls: entry(z.boolean().default(false), {
    title: 'Require secure channel',
    text: 'Mail is taken on encrypted connections only: after STARTTLS, or with implicit TLS.',
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
