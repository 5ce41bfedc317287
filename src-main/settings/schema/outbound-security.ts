/** How outgoing connections log in and encrypt (reference 3.7 Outbound Security, 3.10). */
import { z } from 'zod';
import { entry } from './entry';
import { secret } from './values';

/**
 * The settings of one place that has Outbound Security: the virtual server or a remote domain. `place` ends the
 * first sentence of each text.
 */
export function outboundSecurity(place: {
  readonly whose: string;
  /** Where TLS encryption is required, when that is not where the log-in is. */
  readonly where?: string;
  readonly iis: string;
}) {
  return {
    outboundAuthentication: entry(z.enum(['anonymous', 'basic']).default('anonymous'), {
      title: 'Outbound security',
      text: `anonymous: no log-in; basic: logs in with user name and password ${place.whose}.`,
      iis: `${place.iis}`,
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
        text: `Name for the log-in ${place.whose}.`,
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
    outboundRequiresTls: entry(z.boolean().default(false), {
      title: 'TLS encryption',
      text: `STARTTLS is required ${place.where ?? place.whose}; mail waits rather than go in clear text. Off: TLS is used where it is offered.`,
      iis: 'AlwaysUseSsl',
      applies: 'live',
    }),
  } as const;
}
