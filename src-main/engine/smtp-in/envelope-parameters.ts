/**
 * ESMTP parameters of MAIL and RCPT: SIZE (RFC 1870), BODY (RFC 6152), RET, ENVID, NOTIFY, ORCPT
 * (RFC 3461). What was not offered is refused with 555 (RFC 5321 section 4.1.1.11). Pure; values are
 * hostile: xtext can hide line breaks, so decoded values must be printable.
 */
import type { BodyType, NotifyCondition } from '../core/envelope';
import type { SmtpStatus } from '../core/smtp-status';
import { replies } from './replies';

export interface MailParameters {
  /** As the client declares it; it may lie. */
  readonly sizeBytes?: number;
  readonly body: BodyType;
  readonly ret?: 'full' | 'hdrs';
  /** Decoded. */
  readonly envid?: string;
}

export interface RecipientParameters {
  /** Empty: NEVER. */
  readonly notify?: readonly NotifyCondition[];
  /** "type;address", decoded. */
  readonly orcpt?: string;
}

export type ParametersResult<T> =
  | { readonly isValid: true; readonly value: T }
  | { readonly isValid: false; readonly status: SmtpStatus };

const invalid = { isValid: false, status: replies.invalidArguments } as const;
const unknown = { isValid: false, status: replies.unknownParameter } as const;
const noMailParameters = { isValid: true, value: { body: '7bit' } } as const;
const noRecipientParameters = { isValid: true, value: {} } as const;

/** RFC 3461 section 4.4 and 4.2. */
const longestEnvid = 100;
const longestOrcpt = 500;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * @param options.knowsAuth AUTH is offered, so its parameter is understood (RFC 4954 section 5). Whom it names is
 *   not believed and not passed on.
 */
export function parseMailParameters(
  rest: string,
  options: { readonly knowsAuth?: boolean } = {},
): ParametersResult<MailParameters> {
  const pairs = splitParameters(rest);
  if (pairs === undefined) return invalid;
  if (pairs.size === 0) return noMailParameters;
  const value: Mutable<MailParameters> = { body: '7bit' };
  for (const [key, text] of pairs) {
    switch (key) {
      case 'SIZE':
        if (!/^\d{1,20}$/.test(text)) return invalid;
        value.sizeBytes = Number(text);
        break;
      case 'BODY': {
        const body = text.toLowerCase();
        if (body === 'binarymime') return unknown;
        if (body !== '7bit' && body !== '8bitmime') return invalid;
        value.body = body;
        break;
      }
      case 'RET': {
        const ret = text.toLowerCase();
        if (ret !== 'full' && ret !== 'hdrs') return invalid;
        value.ret = ret;
        break;
      }
      case 'ENVID': {
        const envid = decodeXtext(text);
        if (envid === undefined || envid === '' || envid.length > longestEnvid) return invalid;
        value.envid = envid;
        break;
      }
      case 'AUTH':
        if (options.knowsAuth !== true) return unknown;
        if (text !== '<>' && !decodeXtext(text)) return invalid;
        break;
      default:
        return unknown;
    }
  }
  return { isValid: true, value };
}

export function parseRecipientParameters(rest: string): ParametersResult<RecipientParameters> {
  const pairs = splitParameters(rest);
  if (pairs === undefined) return invalid;
  if (pairs.size === 0) return noRecipientParameters;
  const value: Mutable<RecipientParameters> = {};
  for (const [key, text] of pairs) {
    if (key === 'NOTIFY') {
      const notify = parseNotify(text);
      if (notify === undefined) return invalid;
      value.notify = notify;
    } else if (key === 'ORCPT') {
      const orcpt = parseOrcpt(text);
      if (orcpt === undefined) return invalid;
      value.orcpt = orcpt;
    } else return unknown;
  }
  return { isValid: true, value };
}

const nothing: ReadonlyMap<string, string> = new Map();

/** Upper-case keyword to value ('' without one); undefined: not the syntax, or a keyword twice. */
function splitParameters(rest: string): ReadonlyMap<string, string> | undefined {
  const text = rest.trim();
  if (text === '') return nothing;
  const pairs = new Map<string, string>();
  for (const part of text.split(/[ \t]+/)) {
    const equals = part.indexOf('=');
    const key = (equals < 0 ? part : part.slice(0, equals)).toUpperCase();
    const value = equals < 0 ? '' : part.slice(equals + 1);
    if (!/^[A-Z0-9][A-Z0-9-]*$/.test(key) || !/^[!-~]*$/.test(value) || pairs.has(key)) return undefined;
    pairs.set(key, value);
  }
  return pairs;
}

/** Undefined when it is not xtext or decodes to anything but printable ASCII. */
function decodeXtext(text: string): string | undefined {
  if (!/^(?:[!-*,-<>-~]|\+[0-9A-F]{2})*$/.test(text)) return undefined;
  const value = text.replace(/\+([0-9A-F]{2})/g, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return /^[ -~]*$/.test(value) ? value : undefined;
}

const conditions: readonly string[] = ['success', 'failure', 'delay'];

function parseNotify(text: string): readonly NotifyCondition[] | undefined {
  const words = text.toLowerCase().split(',');
  if (words.length === 1 && words[0] === 'never') return [];
  const isEachKnown = words.every((word) => conditions.includes(word));
  return isEachKnown ? [...new Set(words as NotifyCondition[])] : undefined;
}

function parseOrcpt(text: string): string | undefined {
  const semicolon = text.indexOf(';');
  if (text.length > longestOrcpt || !/^[A-Za-z0-9-]+$/.test(text.slice(0, Math.max(0, semicolon))))
    return undefined;
  const address = decodeXtext(text.slice(semicolon + 1));
  return address === undefined || address === '' ? undefined : `${text.slice(0, semicolon)};${address}`;
}
