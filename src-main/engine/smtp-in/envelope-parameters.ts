/**
 * ESMTP parameters of MAIL and RCPT: SIZE (RFC 1870), BODY (RFC 6152, RFC 3030), SMTPUTF8 (RFC 6531), RET, ENVID,
 * NOTIFY, ORCPT (RFC 3461). What is not offered is refused with 555 (RFC 5321 section 4.1.1.11). Pure; values are
 * hostile: xtext can hide line breaks, so decoded values must be printable.
 */
import { embedUnicode } from '../core/address';
import type { BodyType, NotifyCondition } from '../core/envelope';
import { ownText } from '../core/own-text';
import type { SmtpStatus } from '../core/smtp-status';
import { decodeXtext } from '../core/xtext';
import { decodeUtf8 } from './address-path';
import { type IsOn, replies } from './replies';

export interface MailParameters {
  /** As the client declares it; it may lie. */
  readonly sizeBytes?: number;
  readonly body: BodyType;
  /** Addresses may be in UTF-8. */
  readonly isUtf8?: true;
  readonly ret?: 'full' | 'hdrs';
  /** Decoded. */
  readonly envid?: string;
}

export interface RecipientParameters {
  /** Empty: NEVER. */
  readonly notify?: readonly NotifyCondition[];
  /** "type;address", decoded; ASCII, also where the address is not (RFC 6533 section 3). */
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

const allOn: IsOn = () => true;

/**
 * @param options.knowsAuth AUTH is offered, so its parameter is understood (RFC 4954 section 5). Whom it names is
 *   not believed and not passed on.
 * @param options.isOn default: all extensions are
 */
export function parseMailParameters(
  rest: string,
  options: { readonly knowsAuth?: boolean; readonly isOn?: IsOn } = {},
): ParametersResult<MailParameters> {
  const isOn = options.isOn ?? allOn;
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
        if (!(isOn('8BITMIME') || isOn('BINARYMIME'))) return unknown;
        if (body !== '7bit' && body !== '8bitmime' && body !== 'binarymime') return invalid;
        if (body !== '7bit' && !isOn(body === '8bitmime' ? '8BITMIME' : 'BINARYMIME')) return unknown;
        value.body = body;
        break;
      }
      case 'SMTPUTF8':
        if (!isOn('SMTPUTF8')) return unknown;
        if (text !== '') return invalid;
        value.isUtf8 = true;
        break;
      case 'RET': {
        if (!isOn('DSN')) return unknown;
        const ret = text.toLowerCase();
        if (ret !== 'full' && ret !== 'hdrs') return invalid;
        value.ret = ret;
        break;
      }
      case 'ENVID': {
        if (!isOn('DSN')) return unknown;
        const envid = decodeXtext(text);
        if (envid === undefined || envid === '' || envid.length > longestEnvid) return invalid;
        value.envid = ownText(envid);
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

/**
 * @param options.isUtf8 SMTPUTF8 was requested, so ORCPT may be in UTF-8 (RFC 6533 section 3)
 * @param options.isOn default: all extensions are
 */
export function parseRecipientParameters(
  rest: string,
  options: { readonly isUtf8?: boolean; readonly isOn?: IsOn } = {},
): ParametersResult<RecipientParameters> {
  const pairs = splitParameters(rest, options.isUtf8);
  if (pairs === undefined) return invalid;
  if (pairs.size === 0) return noRecipientParameters;
  if (!(options.isOn ?? allOn)('DSN')) return unknown;
  const value: Mutable<RecipientParameters> = {};
  for (const [key, text] of pairs) {
    if (key === 'NOTIFY') {
      const notify = parseNotify(text);
      if (notify === undefined) return invalid;
      value.notify = notify;
    } else if (key === 'ORCPT') {
      const orcpt = parseOrcpt(text);
      if (orcpt === undefined) return invalid;
      value.orcpt = ownText(orcpt);
    } else return unknown;
  }
  return { isValid: true, value };
}

const nothing: ReadonlyMap<string, string> = new Map();

/** Upper-case keyword to value ('' without one); undefined: not the syntax, or a keyword twice. */
function splitParameters(rest: string, isUtf8 = false): ReadonlyMap<string, string> | undefined {
  const text = rest.replace(/^[ \t]+|[ \t]+$/g, '');
  if (text === '') return nothing;
  const usable = isUtf8 ? /^[!-~\x80-\xff]*$/ : /^[!-~]*$/;
  const pairs = new Map<string, string>();
  for (const part of text.split(/[ \t]+/)) {
    const equals = part.indexOf('=');
    const key = (equals < 0 ? part : part.slice(0, equals)).toUpperCase();
    const value = equals < 0 ? '' : part.slice(equals + 1);
    if (!/^[A-Z0-9][A-Z0-9-]*$/.test(key) || !usable.test(value) || pairs.has(key)) return undefined;
    pairs.set(key, value);
  }
  return pairs;
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
  const written = text.slice(semicolon + 1);
  const isPlain = /^[!-~]*$/.test(written);
  if (!isPlain && text.slice(0, semicolon).toLowerCase() !== 'utf-8') return undefined;
  const address = isPlain ? decodeXtext(written) : readUnicode(written);
  return address === undefined || address === '' ? undefined : `${text.slice(0, semicolon)};${address}`;
}

/** An address in UTF-8 as ASCII; undefined when it is not UTF-8. */
function readUnicode(octets: string): string | undefined {
  const text = decodeUtf8(octets);
  return text === undefined || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(text) ? undefined : embedUnicode(text);
}
