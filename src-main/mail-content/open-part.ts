/** One part while the scanner is inside it. */
import { findColon, isBlank, latin1 } from './bytes';
import { isEncoded, isKnownEncoding } from './encodings';
import { type FaultCode, type MailPart, mailLimits } from './mail-part';
import { parseParameters, type ValueWithParameters } from './parameters';
import { decodeWords } from './words';

const kept = [
  'content-type',
  'content-transfer-encoding',
  'content-disposition',
  'content-id',
  'content-location',
] as const;
type KeptField = (typeof kept)[number];
const longestName = 25;
const letterC = 99;

export interface OpenPart {
  readonly index: number;
  readonly parent: number;
  readonly depth: number;
  readonly headerStart: number;
  readonly bodyStart: number;
  bodyEnd: number | undefined;
  isMultipart: boolean;
  isMessage: boolean;
  /** False: the line is no field and continues none. */
  addLine(bytes: Uint8Array, start: number, end: number): boolean;
  endHeader(at: number, bodyAt: number): void;
  /** Reads what the header says about the content. */
  describe(bytes: Uint8Array, onFault: (code: FaultCode) => void): { readonly boundary: string };
  close(at: number): void;
  finish(size: number): MailPart;
}

export function createPart(index: number, parent: OpenPart | undefined, headerStart: number): OpenPart {
  const ranges = new Map<KeptField, { start: number; end: number }>();
  let current: { start: number; end: number } | undefined;
  let hasLine = false;
  let isRepeated = false;
  let headerEnd = headerStart;
  let bodyStart = headerStart;
  let facts = { type: 'text/plain', charset: '', encoding: '7bit', disposition: '', fileName: '' };
  let contentId = '';
  let contentLocation = '';

  const read = (bytes: Uint8Array, name: KeptField): string => {
    const range = ranges.get(name);
    if (!range) return '';
    const end = Math.min(range.end, range.start + mailLimits.fieldBytes);
    return latin1(bytes, range.start, end).replace(/\r?\n/g, '');
  };

  const part: OpenPart = {
    index,
    parent: parent?.index ?? -1,
    depth: parent ? parent.depth + 1 : 0,
    headerStart,
    get bodyStart() {
      return bodyStart;
    },
    bodyEnd: undefined,
    isMultipart: false,
    isMessage: false,

    addLine(bytes, start, end) {
      if (isBlank(bytes[start])) {
        if (current) current.end = end;
        return hasLine;
      }
      hasLine = true;
      current = undefined;
      const name = readFieldName(bytes, start, end);
      if (name === undefined) return false;
      if (!isKept(name.text)) return true;
      const range = { start: name.valueStart, end };
      if (ranges.has(name.text)) isRepeated = true;
      else {
        ranges.set(name.text, range);
        current = range;
      }
      return true;
    },

    endHeader(at, bodyAt) {
      headerEnd = at;
      bodyStart = bodyAt;
    },

    describe(bytes, onFault) {
      const type = parseParameters(read(bytes, 'content-type'));
      const disposition = parseParameters(read(bytes, 'content-disposition'));
      if (isRepeated) onFault('repeated-field');
      const boundary = (type.parameters.get('boundary') ?? '').trimEnd();
      facts = {
        type: typeOf(type),
        charset: (type.parameters.get('charset') ?? '').trim().toLowerCase().slice(0, 100),
        encoding: encodingOf(read(bytes, 'content-transfer-encoding')),
        disposition: disposition.value.toLowerCase().slice(0, 100),
        fileName: nameOf(disposition, 'filename') || nameOf(type, 'name'),
      };
      contentId = withoutBrackets(read(bytes, 'content-id'));
      contentLocation = read(bytes, 'content-location').trim().slice(0, 2000);
      if (!isKnownEncoding(facts.encoding)) onFault('unknown-encoding');
      if (facts.type.startsWith('multipart/')) {
        part.isMultipart = boundary !== '' && boundary.length <= mailLimits.boundaryCharacters;
        if (boundary === '') onFault('no-boundary');
        if (boundary.length > 70) onFault('long-boundary');
      } else if (facts.type === 'message/rfc822' || facts.type === 'message/global') {
        part.isMessage = !isEncoded(facts.encoding);
        if (!part.isMessage) onFault('encoded-message');
      }
      ranges.clear();
      return { boundary };
    },

    close(at) {
      part.bodyEnd = Math.max(at, bodyStart);
    },

    finish(size) {
      return {
        index,
        parent: part.parent,
        depth: part.depth,
        headerStart,
        headerEnd,
        bodyStart,
        bodyEnd: part.bodyEnd ?? size,
        ...facts,
        contentId,
        contentLocation,
        isMultipart: part.isMultipart,
        isMessage: part.isMessage,
      };
    },
  };
  return part;
}

const isKept = (name: string): name is KeptField => (kept as readonly string[]).includes(name);

/** The name in lower case where it may be one that is kept, else ''; undefined: the line is no field. */
function readFieldName(
  bytes: Uint8Array,
  start: number,
  end: number,
): { text: string; valueStart: number } | undefined {
  const colon = findColon(bytes, start, end);
  if (colon === undefined) return undefined;
  const mayBeKept = ((bytes[start] ?? 0) | 32) === letterC && colon - start <= longestName + 5;
  const text = mayBeKept ? latin1(bytes, start, colon).trimEnd().toLowerCase() : '';
  return { text, valueStart: colon + 1 };
}

function typeOf({ value }: ValueWithParameters): string {
  const type = value.toLowerCase().replace(/\s/g, '');
  return /^[\x21-\x7e]{1,127}$/.test(type) && type.includes('/') ? type : 'text/plain';
}

function encodingOf(field: string): string {
  const encoding = field
    .replace(/\([^()]{0,200}\)/g, '')
    .trim()
    .toLowerCase();
  return encoding === '' ? '7bit' : encoding.slice(0, 100);
}

function nameOf({ parameters }: ValueWithParameters, name: string): string {
  return decodeWords(parameters.get(name) ?? '')
    .slice(0, 1000)
    .trim();
}

function withoutBrackets(field: string): string {
  return field.trim().replace(/^<|>$/g, '').trim().slice(0, 1000);
}
