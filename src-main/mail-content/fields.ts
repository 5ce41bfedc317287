/** Header fields of a part, in their order. */
import { findColon, isBlank, latin1, lineEnd, nextLine } from './bytes';
import { decodeCharset } from './charsets';
import { type MailPart, mailLimits } from './mail-part';
import { decodeWords, unfold } from './words';

export interface MailField {
  /** As written. */
  readonly name: string;
  /** The value as written, with its folds; the blank behind the colon is left out. */
  readonly raw: string;
  /** One line, encoded words decoded. */
  readonly decoded: string;
  /** Offsets in the message, from the name to the end of the last line. */
  readonly start: number;
  readonly end: number;
}

export interface MailFields {
  readonly fields: readonly MailField[];
  /** There are more fields, or longer ones. */
  readonly isCut: boolean;
}

/** Reads the header of a part, within `mailLimits`. Lines that are no fields are left out. */
export function readFields(bytes: Uint8Array, part: MailPart): MailFields {
  const fields: MailField[] = [];
  let characters = 0;
  let isCut = false;
  let at = part.headerStart;
  while (at < part.headerEnd) {
    if (fields.length >= mailLimits.fields || characters >= mailLimits.fieldCharacters)
      return { fields, isCut: true };
    const start = at;
    at = nextLine(bytes, at);
    let end = lineEnd(bytes, start, at);
    while (at < part.headerEnd && isBlank(bytes[at])) {
      const from = at;
      at = nextLine(bytes, at);
      end = lineEnd(bytes, from, at);
    }
    const colon = findColon(bytes, start, end);
    if (colon === undefined || isBlank(bytes[start])) continue;
    const valueStart = colon + 1;
    const valueEnd = Math.min(end, valueStart + mailLimits.fieldBytes);
    if (valueEnd < end) isCut = true;
    const raw = decodeCharset(bytes.subarray(valueStart, valueEnd), '', valueEnd < end).text.replace(
      /^[ \t]/,
      '',
    );
    characters += raw.length + colon - start;
    fields.push({
      name: latin1(bytes, start, colon).trimEnd(),
      raw,
      decoded: decodeWords(unfold(raw)).trim(),
      start,
      end,
    });
  }
  return { fields, isCut };
}

/** The first field of this name. */
export function findField(fields: MailFields, name: string): MailField | undefined {
  const wanted = name.toLowerCase();
  return fields.fields.find((field) => field.name.toLowerCase() === wanted);
}
