/** How outgoing connections log in and encrypt (reference 3.7 Outbound Security, 3.10), and what IIS lacked there. */
import { z } from 'zod';
import { entry } from './entry';
import { countLimit, optionalMailbox, port, secret, signInNumber, smartHost, tlsVersions } from './values';

/** From trusting to strict. 'verified' asks for a certificate of the host's own name from an authority that is trusted. */
export const outboundTlsModes = ['off', 'opportunistic', 'required', 'verified'] as const;
export type OutboundTlsMode = (typeof outboundTlsModes)[number];

const outboundAuthentications = ['anonymous', 'basic', 'ntlm', 'oauth2'] as const;

/**
 * The settings of one place that has Outbound Security: the virtual server, a remote domain, a route by sender, a
 * further smart host. `whose` ends the first sentence of each text.
 */
export function outboundSecurity(place: {
  readonly whose: string;
  /** Where encryption is as set, when that is not where the log-in is. */
  readonly where?: string;
  readonly iis?: string;
}) {
  const where = place.where ?? place.whose;
  return {
    outboundAuthentication: entry(z.enum(outboundAuthentications).default('anonymous'), {
      title: 'Outbound security',
      text: `anonymous: no log-in; basic: logs in with user name and password ${place.whose}; ntlm: the same as an account of Windows (version 2 of NTLM); oauth2: logs in with a token of an OAuth2 sign-in, as Microsoft 365 and Google ask for.`,
      ...(place.iis === undefined ? {} : { iis: place.iis }),
      applies: 'live',
    }),
    outboundUserName: entry(
      z
        .string()
        .max(320)
        .refine(
          (value) => !/[\u0000-\u001f\u007f]/.test(value),
          'A user name cannot contain control characters.',
        )
        .default(''),
      {
        title: 'User name',
        text: `Name for the log-in ${place.whose}. NTLM: DOMAIN\\name. OAuth2: the mailbox to log in to; empty is the one that signed in.`,
        iis: 'RouteUserName',
        applies: 'live',
      },
    ),
    outboundPassword: entry(secret.default(''), {
      title: 'Password',
      text: `Password for the log-in ${place.whose}. Kept encrypted, never shown and never exported.`,
      iis: 'RoutePassword',
      applies: 'live',
    }),
    outboundSignIn: entry(signInNumber.default(''), {
      title: 'OAuth2 sign-in',
      text: `Number of the sign-in whose tokens log in ${place.whose}.`,
      applies: 'live',
    }),
    outboundTls: entry(z.enum(outboundTlsModes).default('opportunistic'), {
      title: 'TLS encryption',
      text: `How connections are encrypted ${where}. off: never; opportunistic: where it is offered, with any certificate; required: mail waits rather than go in clear text; verified: the certificate must be valid for the host's name too.`,
      iis: 'AlwaysUseSsl',
      applies: 'live',
    }),
    outboundTlsFromStart: entry(z.boolean().default(false), {
      title: 'Encrypted from the first byte',
      text: `Connections ${place.whose} begin with TLS instead of STARTTLS, as on port 465. Only where TLS encryption is not off.`,
      applies: 'live',
    }),
    outboundMinimumTls: entry(z.enum(tlsVersions).default('TLSv1.2'), {
      title: 'Lowest TLS version',
      text: 'Older versions are not used. With TLS where it is offered, a host that has nothing newer gets mail in clear text.',
      applies: 'live',
    }),
    outboundSender: entry(optionalMailbox.default(''), {
      title: 'Send as',
      text: `Every message that is handed over ${place.whose} gets this address as its sender; the From line that it had becomes Reply-To. For providers that take mail of their own mailboxes only. Empty: senders stay as they are.`,
      applies: 'live',
    }),
  } as const;
}

/** One more smart host, for when those before it cannot be reached. */
export const furtherSmartHost = z.strictObject({
  host: entry(
    smartHost.refine((value) => value !== '', 'Enter the host.'),
    {
      title: 'Smart host',
      text: 'A name, or an address in square brackets.',
      applies: 'live',
    },
  ),
  port: entry(port.nullable().default(null), {
    title: 'TCP port',
    text: 'Empty: the TCP port of the smart host before it.',
    applies: 'live',
  }),
  ...outboundSecurity({ whose: 'at this host' }),
});
export type FurtherSmartHost = z.infer<typeof furtherSmartHost>;

export const furtherSmartHosts = entry(
  z.array(furtherSmartHost).max(10, 'At most 10 further smart hosts.').default([]),
  {
    title: 'Further smart hosts',
    text: 'Tried in this order when the smart host cannot be reached, each with a log-in and encryption of its own.',
    applies: 'live',
  },
);

/** Limits of one route, in place of those of the virtual server. */
export const routeLimits = {
  maxConnections: entry(countLimit.default(null), {
    title: 'Limit number of connections to',
    text: 'Outgoing connections of this route at the same time. Empty: the limit per domain of the virtual server.',
    applies: 'live',
  }),
  maxMessagesPerMinute: entry(countLimit.default(null), {
    title: 'Limit number of messages per minute to',
    text: 'Further messages wait for the next minute, so that a provider with a limit does not refuse them. Empty: the limit of the virtual server.',
    applies: 'live',
  }),
} as const;
