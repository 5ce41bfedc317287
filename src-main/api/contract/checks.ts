/** Procedures that look into one message: what receivers will make of it, and who it is really from. */
import { z } from 'zod';
import { operator, viewer } from './base';
import { messageAddress } from './messages';

/** A message in a folder, or one that was opened from a file. */
export const checkedMessage = z.union([
  z.object({ address: messageAddress }),
  z.object({ contentBase64: z.string().max(48 * 1024 * 1024) }),
]);
const input = z.object({ message: checkedMessage });

const checkLevels = ['good', 'hint', 'warning', 'fault', 'unknown'] as const;

export const checkFinding = z.object({
  /** Stable: "html.unsupported", "lines.too-long". */
  code: z.string(),
  level: z.enum(checkLevels),
  /** One sentence. */
  title: z.string(),
  /** What it means and what to do. */
  text: z.string(),
  /** Where: lines of the source or pieces of the HTML, plain text, a few. */
  places: z.array(z.string()),
});
export type CheckFinding = z.infer<typeof checkFinding>;

/** Support of what the HTML uses, in the mail clients of caniemail.com. */
export const clientSupport = z.object({
  /** "Outlook", "Gmail" and so on. */
  family: z.string(),
  /** "Windows", "iOS" */
  platform: z.string(),
  /** Share of the features used that are supported in full, 0 to 1. */
  score: z.number(),
  unsupported: z.array(z.string()),
  partial: z.array(z.string()),
});
export type ClientSupport = z.infer<typeof clientSupport>;

export const linkResult = z.object({
  url: z.string(),
  /** Text of the link, as a reader sees it. */
  text: z.string(),
  state: z.enum(['not-checked', 'good', 'broken', 'blocked', 'unreachable']),
  /** "200 OK", "404 Not Found", "leads to a private address". */
  detail: z.string(),
  /** Text and target name different hosts. */
  isMisleading: z.boolean(),
});
export type LinkResult = z.infer<typeof linkResult>;

export const authenticationResult = z.object({
  method: z.enum(['spf', 'dkim', 'dmarc', 'arc']),
  /** As in Authentication-Results (RFC 8601), or 'not-checked'. */
  result: z.enum([
    'pass',
    'fail',
    'softfail',
    'neutral',
    'none',
    'policy',
    'temperror',
    'permerror',
    'not-checked',
  ]),
  /** Whose: domain, and the selector of DKIM. */
  domain: z.string(),
  selector: z.string().optional(),
  /** The domain is that of the From line (DMARC alignment). */
  isAligned: z.boolean().optional(),
  /** What it means, in one or two sentences. */
  text: z.string(),
});
export type AuthenticationResult = z.infer<typeof authenticationResult>;

export const checks = {
  /** All that can be said without asking anybody. No request leaves this computer. */
  run: viewer.input(input).output(
    z.object({
      findings: z.array(checkFinding),
      clients: z.array(clientSupport),
      links: z.array(linkResult),
      /** Bytes of the whole, of HTML, of images inside, of other attachments. */
      sizes: z.object({
        total: z.number(),
        html: z.number(),
        images: z.number(),
        attachments: z.number(),
      }),
      /** Pictures that a reader's client would fetch. */
      remoteImages: z.array(z.string()),
      /** Day of the data behind `clients`. */
      clientDataOf: z.string(),
    }),
  ),
  /** Asks the hosts of the links, each once, by HEAD; private addresses are never asked. */
  links: operator.input(input).output(z.object({ links: z.array(linkResult) })),
  /** Asks the spam checker of the virtual server's settings. */
  spam: operator.input(input.extend({ serverId: z.number().int().min(1) })).output(
    z.object({
      state: z.enum(['off', 'scored', 'unreachable']),
      score: z.number().optional(),
      threshold: z.number().optional(),
      rules: z.array(z.object({ name: z.string(), score: z.number(), text: z.string() })),
      text: z.string(),
    }),
  ),
  /** Asks DNS for the records that the message and its envelope name; `asksDns` false answers 'not-checked' alone. */
  authentication: viewer
    .input(input.extend({ serverId: z.number().int().min(1), asksDns: z.boolean() }))
    .output(z.object({ results: z.array(authenticationResult), checkedAt: z.number().optional() })),
};
