/** The header of a message or of a part, line by line: what a conversion needs of it, and what forbids one. Pure. */
import { longestLineHead, type MimeLine } from './mime-lines';

interface KnownField {
  /** Folded lines joined. */
  value: string;
  readonly from: number;
  to: number;
}

const knownNames = ['content-type', 'content-transfer-encoding', 'mime-version', 'dkim-signature'] as const;
type KnownName = (typeof knownNames)[number];

/** RFC 5321 section 4.5.3.1.6, without the line's end. */
export const longestLine = 998;
/** Of a field that is read; a boundary and a file name take a few hundred. */
const longestValue = 16 * 1024;

export class MimeHeader {
  /** Offset of its blank line, when there is one: where a field can be added. */
  blankAt: number | undefined;
  hasEightBit = false;
  /** It is not written as a header has to be, or holds a field twice that may stand there once. */
  isBroken = false;
  readonly #fields = new Map<KnownName, KnownField>();
  #open: KnownField | undefined;
  #isEmpty = true;

  /** True when this was its blank line. */
  push(line: MimeLine): boolean {
    if (line.length === 0 && !line.hasBareCr) {
      this.blankAt = line.start;
      if (line.endBytes !== 2) this.isBroken = true;
      return true;
    }
    if (line.hasEightBit) this.hasEightBit = true;
    if (line.hasNul || line.hasBareCr || line.endBytes === 1 || line.length > longestLine)
      this.isBroken = true;
    const { head } = line;
    if (head[0] === 0x20 || head[0] === 0x09) {
      if (this.#isEmpty) this.isBroken = true;
      if (this.#open) this.#append(this.#open, line);
      return false;
    }
    this.#isEmpty = false;
    this.#open = undefined;
    const match = /^([!-9;-~]+)[ \t]*:/.exec(head.toString('latin1', 0, 1_000));
    if (!match) {
      this.isBroken = true;
      return false;
    }
    const name = knownNames.find((known) => known === match[1]?.toLowerCase());
    if (!name) return false;
    if (this.#fields.has(name)) {
      if (name === 'content-type' || name === 'content-transfer-encoding') this.isBroken = true;
      return false;
    }
    this.#open = { value: '', from: line.start, to: line.start };
    this.#fields.set(name, this.#open);
    this.#append(this.#open, line, match[0].length);
    return false;
  }

  #append(field: KnownField, { head, length, end }: MimeLine, from = 0): void {
    if (length > longestLineHead || field.value.length > longestValue) this.isBroken = true;
    else field.value += head.toString('latin1', from);
    field.to = end;
  }

  field(name: KnownName): Readonly<KnownField> | undefined {
    return this.#fields.get(name);
  }
}
