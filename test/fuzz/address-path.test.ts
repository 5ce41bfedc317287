/** Paths of MAIL, RCPT and VRFY against whatever a client may send; each property stops by itself. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { domainOf, isAscii, isDomainName, isEnvelopeAddress } from '../../src-main/engine/core/address';
import { parsePath, parsePathArgument } from '../../src-main/engine/smtp-in/address-path';
import {
  parseMailParameters,
  parseRecipientParameters,
} from '../../src-main/engine/smtp-in/envelope-parameters';

const limits = { interruptAfterTimeLimit: 6000, markInterruptAsFailure: false, numRuns: 50_000 };

/** As it comes from the wire: one character an octet. */
const octets = (text: string): string => Buffer.from(text).toString('latin1');

const piece = fc.oneof(
  fc.constantFrom(...'<>@:".,[]\\;()+=% \t\r\n\0\x7f'),
  fc.constantFrom(
    'a',
    'B1',
    'local.test',
    'xn--bcher-kva',
    '..',
    '[127.0.0.1]',
    '[IPv6:::1]',
    '"a b"',
    '@r.test:',
  ),
  fc
    .constantFrom(
      '\u00fc',
      'b\u00fccher',
      '\u4f8b\u5b50',
      '\u3002',
      '\uff0e',
      '\u00ad',
      '\u200d',
      '\u2028',
      '\u0085',
      '\u202e',
    )
    .map(octets),
  fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 3 }),
);
/** Near an address more often than by chance. */
const near = fc
  .tuple(
    piece,
    piece,
    fc.constantFrom('@', '@', ''),
    piece,
    fc.constantFrom('.test', '', '.', '..', octets('\u3002')),
  )
  .map((parts) => parts.join(''));
const path = fc.oneof(
  fc.array(piece, { maxLength: 12 }).map((parts) => parts.join('')),
  near,
  near.map((text) => `<${text}>`),
);

describe('a path', () => {
  it('is an address that is safe everywhere and reads as itself, or a refusal', () => {
    fc.assert(
      fc.property(path, (text) => {
        const result = parsePath(text, 0, 'default.test');
        if (result.kind === 'refused') {
          expect(result.status.code).toBeGreaterThanOrEqual(500);
          return;
        }
        const { address, isUtf8 } = result;
        if (address === '') return;
        expect(address).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(isEnvelopeAddress(address, { allowsUtf8: isUtf8 })).toBe(true);
        const again = parsePath(octets(`<${address}>`), 0, 'other.test');
        expect(again).toMatchObject({ kind: 'path', address, rest: '' });
        const domain = domainOf(address);
        expect(isAscii(domain)).toBe(true);
        expect(domain.startsWith('[') || isDomainName(domain)).toBe(true);
        expect(domainOf(`x@${domain}`)).toBe(domain);
      }),
      limits,
    );
  });

  it('never makes parameters of what belongs to the address', () => {
    fc.assert(
      fc.property(path, (text) => {
        const result = parsePathArgument(`FROM:${text} SIZE=1`, 'FROM', 'default.test');
        if (result.kind === 'path') expect(result.rest === '' || /^[ \t]/.test(result.rest)).toBe(true);
      }),
      limits,
    );
  });
});

const parameters = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ' SIZE=',
        ' BODY=',
        ' ENVID=',
        ' ORCPT=',
        ' NOTIFY=',
        ' SMTPUTF8',
        'utf-8;',
        'rfc822;',
        'BINARYMIME',
      ),
      fc.constantFrom('+0D', '+0A', '+2B', '\\x{A}', '\r', '\n', '\0', ' ', '=', ',', 'NEVER', '1'),
      piece,
    ),
    { maxLength: 10 },
  )
  .map((parts) => parts.join(''));

describe('parameters', () => {
  it('decode to ASCII on one line, or are refused', () => {
    fc.assert(
      fc.property(parameters, fc.boolean(), (text, isUtf8) => {
        const mail = parseMailParameters(text);
        if (mail.isValid) expect(mail.value.envid ?? '').toMatch(/^[ -~]*$/);
        const recipient = parseRecipientParameters(text, { isUtf8 });
        if (recipient.isValid) expect(recipient.value.orcpt ?? '').toMatch(/^[ -~]*$/);
      }),
      limits,
    );
  });
});
