/** How the message is put together: parts, encodings and charsets, and what is wrong with them. */
import type { CheckFinding } from '../api/contract';
import {
  decodeContent,
  decodeText,
  type FaultCode,
  type MailPart,
  type MailStructure,
} from '../mail-content';
import { countOf, finding } from './finding';
import { fieldsNamed, type HeaderField } from './header-checks';

/** Of all parts together; what lies behind is not decoded. */
const mostDecodedBytes = 24 * 1024 * 1024;
const mostDecodedParts = 500;

const words: Record<FaultCode, readonly [CheckFinding['level'], string, string]> = {
  'no-boundary': [
    'fault',
    'A multipart names no boundary.',
    'Mail clients show its parts as raw text. Add boundary="…" to its Content-Type.',
  ],
  'long-boundary': [
    'warning',
    'A boundary has more than 70 characters.',
    'RFC 2046 (5.1.1) allows 70; some programs do not find the parts.',
  ],
  'no-end-boundary': [
    'fault',
    'The end of a multipart is missing.',
    'The message may have been cut off on its way, or the program forgot the last "--boundary--".',
  ],
  'too-deep': [
    'warning',
    'Parts are nested deeper than anybody reads.',
    'Filters take this for an attack. The inner parts were not looked at.',
  ],
  'too-many-parts': [
    'warning',
    'There are more parts than were looked at.',
    'Filters take this for an attack. The first 10,000 were looked at.',
  ],
  'no-body': [
    'warning',
    'A header ends without an empty line.',
    'What stands behind it may be taken for text, or for header. Put an empty line after the header.',
  ],
  'not-a-field': [
    'fault',
    'A line of a header is no header field.',
    'Each programs reads on in its own way, and signatures may fail. A line needs a name and a colon, or a blank in front.',
  ],
  'repeated-field': [
    'fault',
    'A field about the content is there twice.',
    'Programs differ in which one counts, so scanners and readers see different mail. Keep one.',
  ],
  'unknown-encoding': [
    'fault',
    'A Content-Transfer-Encoding is not known.',
    'Mail clients do not show the part. Use 7bit, 8bit, quoted-printable or base64.',
  ],
  'encoded-message': [
    'warning',
    'An attached message is encoded.',
    'RFC 2046 (5.2.1) forbids it; many programs do not open it.',
  ],
  'unknown-charset': ['fault', 'A charset is not known.', 'Readers see wrong letters. Use utf-8.'],
  'wrong-charset': [
    'fault',
    'A text does not have the charset that it names.',
    'Readers see wrong letters or question marks. Name the charset in which the text really is, best utf-8.',
  ],
  'broken-base64': [
    'fault',
    'A part has damaged base64.',
    'The file or text is cut or wrong. Something on the way changed it, or the program encodes it wrongly.',
  ],
  'broken-quoted-printable': [
    'warning',
    'A part has damaged quoted-printable.',
    'Readers see stray "=" or wrong letters. Something on the way changed it, or the program encodes it wrongly.',
  ],
  'broken-uuencode': ['warning', 'A part has damaged uuencode.', 'Attach the file as base64.'],
};

export interface MimeFacts {
  readonly bytes: Uint8Array;
  readonly structure: MailStructure;
  readonly fields: readonly HeaderField[];
}

/** "part 3 (text/plain)" */
const partName = ({ index, type, fileName }: MailPart): string =>
  `part ${index + 1} (${type}${fileName === '' ? '' : `, ${fileName}`})`;

export function checkMime({ bytes, structure, fields }: MimeFacts): CheckFinding[] {
  const places = new Map<string, string[]>();
  const note = (code: string, place: string): void => {
    const list = places.get(code) ?? [];
    if (!list.includes(place)) list.push(place);
    places.set(code, list);
  };
  for (const { code, part } of structure.faults) {
    const known = structure.parts[part];
    note(code, known ? partName(known) : '');
  }
  const leaves = structure.parts.filter(({ isMultipart, isMessage }) => !isMultipart && !isMessage);
  const undeclared: string[] = [];
  const noCharset: string[] = [];
  const inSevenBit: string[] = [];
  let bytesLeft = mostDecodedBytes;
  for (const part of leaves.slice(0, mostDecodedParts)) {
    const size = part.bodyEnd - part.bodyStart;
    if (size > bytesLeft) continue;
    bytesLeft -= size;
    const isText = part.type.startsWith('text/') && part.disposition !== 'attachment';
    const faults = isText
      ? decodeText(bytes, part, size).faults
      : [decodeContent(bytes, part, size).fault].filter((fault) => fault !== undefined);
    for (const code of faults) note(code, partName(part));
    const has8Bit = hasHighByte(bytes, part.bodyStart, part.bodyEnd);
    if (has8Bit && part.encoding === '7bit') inSevenBit.push(partName(part));
    else if (has8Bit && (part.encoding === 'base64' || part.encoding === 'quoted-printable'))
      note(part.encoding === 'base64' ? 'broken-base64' : 'broken-quoted-printable', partName(part));
    if (isText && part.charset === '') {
      if (has8Bit) undeclared.push(partName(part));
      else if (part.encoding === 'base64' || part.encoding === 'quoted-printable') {
        const decoded = decodeContent(bytes, part, size).bytes;
        if (hasHighByte(decoded, 0, decoded.length)) noCharset.push(partName(part));
      }
    }
  }
  const findings = [...places].map(([code, list]) => {
    const [level, title, text] = words[code as FaultCode] ?? ['warning', code, ''];
    return finding(level, `mime.${code}`, title, text, list.filter(Boolean));
  });
  const add = (...given: Parameters<typeof finding>): void => void findings.push(finding(...given));
  if (undeclared.length > 0 || noCharset.length > 0)
    add(
      'fault',
      'mime.no-charset',
      `${countOf(undeclared.length + noCharset.length, 'text')} with letters beyond ASCII and no charset.`,
      'Each mail client guesses another one. Add charset=utf-8 to the Content-Type.',
      [...undeclared, ...noCharset],
    );
  if (inSevenBit.length > 0)
    add(
      'fault',
      'mime.undeclared-8bit',
      `${countOf(inSevenBit.length, 'part')} with 8-bit content that ${inSevenBit.length === 1 ? 'is' : 'are'} declared as 7bit.`,
      'Servers without 8BITMIME may garble it, and a server that converts it breaks signatures. Name the encoding: 8bit, or better quoted-printable or base64.',
      inSevenBit,
    );
  const isMime = ['Content-Type', 'Content-Transfer-Encoding'].some(
    (name) => fieldsNamed(fields, name).length > 0,
  );
  const version = fieldsNamed(fields, 'MIME-Version')[0]
    ?.raw.replace(/\([^()]*\)/g, '')
    .trim();
  if (isMime && version === undefined)
    add(
      'warning',
      'mime.no-version',
      'There is no MIME-Version.',
      'Without "MIME-Version: 1.0" Content-Type has no meaning, and some programs show the raw text.',
    );
  else if (version !== undefined && version !== '1.0')
    add('hint', 'mime.bad-version', 'MIME-Version is not 1.0.', 'There is no other version.', [version]);
  return findings;
}

function hasHighByte(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((bytes[at] as number) > 127) return true;
  return false;
}
