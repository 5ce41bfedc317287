/**
 * The transfer encodings that a body is put into, in pieces. Pure.
 *
 * Promises: what comes out is ASCII in lines of 76 characters at most ('masked': 998) that end with CRLF; no line that
 *   was not there before can be taken for a boundary.
 */

/** 'masked': for text that nobody reads, in front of the first part and behind the last. */
export type BodyEncoding =
  | 'quoted-printable'
  | 'base64'
  /** What is encoded already, in shorter lines. */
  | 'shorter-quoted-printable'
  | 'shorter-base64'
  | 'masked';

export interface BodyEncoder {
  push(chunk: Uint8Array): Buffer;
  /** @param isAtEnd nothing follows in the message, so that a last line has to be ended here */
  end(isAtEnd: boolean): Buffer;
}

const LF = 0x0a;
const CR = 0x0d;
const TAB = 0x09;
const SPACE = 0x20;
const HYPHEN = 0x2d;
const EQUALS = 0x3d;
const QUESTION = 0x3f;
const longestEncodedLine = 76;
/** RFC 5321 section 4.5.3.1.6, without the line's end. */
const longestLine = 998;
const nothing = Buffer.alloc(0);
const isBase64Digit = Array.from({ length: 256 }, (_, byte) =>
  /[A-Za-z0-9+/=]/.test(String.fromCharCode(byte)),
);
const hexDigits = Buffer.from('0123456789ABCDEF');

export function createBodyEncoder(encoding: BodyEncoding): BodyEncoder {
  switch (encoding) {
    case 'quoted-printable':
      return createQuotedPrintable();
    case 'base64':
      return createBase64();
    case 'shorter-quoted-printable':
      return createShorterQuotedPrintable();
    case 'shorter-base64':
      return createShorterBase64();
    case 'masked':
      return createMasked();
  }
}

/** Bytes that come out, in a buffer that was made large enough before. */
class Output {
  readonly #bytes: Buffer;
  #length = 0;

  constructor(room: number) {
    this.#bytes = Buffer.allocUnsafe(room);
  }

  put(byte: number): void {
    this.#bytes[this.#length++] = byte;
  }

  putHex(byte: number): void {
    this.put(EQUALS);
    this.put(hexDigits[byte >> 4] as number);
    this.put(hexDigits[byte & 15] as number);
  }

  putLineEnd(): void {
    this.put(CR);
    this.put(LF);
  }

  take(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}

/** RFC 2045 section 6.7. Line ends stay line ends. */
function createQuotedPrintable(): BodyEncoder {
  let column = 0;
  /** White space or a CR, which depend on what comes next; -1: none. */
  let held = -1;
  const put = (out: Output, byte: number, isHex: boolean): void => {
    const width = isHex ? 3 : 1;
    if (column + width >= longestEncodedLine) {
      out.put(EQUALS);
      out.putLineEnd();
      column = 0;
    }
    if (isHex || (column === 0 && byte === HYPHEN)) {
      out.putHex(byte);
      column += 3;
    } else {
      out.put(byte);
      column++;
    }
  };
  return {
    push(chunk) {
      // Three for each byte, three more for each soft break; and what is held.
      const out = new Output(chunk.length * 4 + 16);
      for (let at = 0; at < chunk.length; at++) {
        const byte = chunk[at] as number;
        if (byte === LF && held === CR) {
          held = -1;
          out.putLineEnd();
          column = 0;
          continue;
        }
        if (held >= 0 && !(byte === CR && held !== CR)) {
          put(out, held, held === CR);
          held = -1;
        }
        if (byte === CR || byte === SPACE || byte === TAB) {
          // White space at the end of a line would be lost.
          if (held >= 0) put(out, held, true);
          held = byte;
        } else put(out, byte, byte < SPACE || byte > 126 || byte === EQUALS);
      }
      return out.take();
    },
    end(isAtEnd) {
      const out = new Output(16);
      if (held >= 0) put(out, held, true);
      held = -1;
      if (isAtEnd && column > 0) {
        // The content ends in the middle of a line, and its last one has to end on the wire.
        out.put(EQUALS);
        out.putLineEnd();
      }
      return out.take();
    },
  };
}

/** RFC 2045 section 6.8. */
function createBase64(): BodyEncoder {
  const bytesPerLine = (longestEncodedLine / 4) * 3;
  let rest: Buffer = nothing;
  let hasLine = false;
  const encode = (bytes: Buffer): Buffer => {
    const lines: string[] = [];
    for (let at = 0; at < bytes.length; at += bytesPerLine)
      lines.push(bytes.toString('base64', at, Math.min(at + bytesPerLine, bytes.length)));
    if (lines.length === 0) return nothing;
    const text = (hasLine ? '\r\n' : '') + lines.join('\r\n');
    hasLine = true;
    return Buffer.from(text, 'latin1');
  };
  return {
    push(chunk) {
      const bytes = Buffer.concat([rest, chunk]);
      const whole = bytes.length - (bytes.length % bytesPerLine);
      rest = bytes.subarray(whole);
      return encode(bytes.subarray(0, whole));
    },
    end(isAtEnd) {
      const last = encode(rest);
      rest = nothing;
      return isAtEnd && hasLine ? Buffer.concat([last, Buffer.from('\r\n')]) : last;
    },
  };
}

function createShorterQuotedPrintable(): BodyEncoder {
  let column = 0;
  /** Characters of an escape that are still to come. */
  let owed = 0;
  return {
    push(chunk) {
      const out = new Output(chunk.length * 4 + 16);
      for (let at = 0; at < chunk.length; at++) {
        const byte = chunk[at] as number;
        if (byte === CR || byte === LF) {
          out.put(byte);
          column = 0;
          owed = 0;
          continue;
        }
        // Before the last character that may stand there, for it may begin an escape or be an equals sign itself.
        if (owed === 0 && column + 3 >= longestEncodedLine) {
          out.put(EQUALS);
          out.putLineEnd();
          column = 0;
        }
        if (byte === EQUALS) owed = 2;
        else if (owed > 0) owed--;
        if (column === 0 && byte === HYPHEN) {
          out.putHex(byte);
          column += 3;
        } else {
          out.put(byte);
          column++;
        }
      }
      return out.take();
    },
    end: () => nothing,
  };
}

/** Whatever is no digit means nothing there. */
function createShorterBase64(): BodyEncoder {
  let column = 0;
  return {
    push(chunk) {
      const out = new Output(chunk.length * 3 + 16);
      for (let at = 0; at < chunk.length; at++) {
        const byte = chunk[at] as number;
        if (!isBase64Digit[byte]) continue;
        if (column === longestEncodedLine) {
          out.putLineEnd();
          column = 0;
        }
        out.put(byte);
        column++;
      }
      return out.take();
    },
    end: (isAtEnd) => (isAtEnd && column > 0 ? Buffer.from('\r\n') : nothing),
  };
}

function createMasked(): BodyEncoder {
  let column = 0;
  let hasPendingCr = false;
  const put = (out: Output, byte: number): void => {
    if (column === longestLine) {
      out.putLineEnd();
      // No line may begin with what was in the middle of one.
      out.put(SPACE);
      column = 1;
    }
    out.put(byte === 0 || byte > 127 || byte === CR || byte === LF ? QUESTION : byte);
    column++;
  };
  return {
    push(chunk) {
      const out = new Output(chunk.length * 2 + 16);
      for (let at = 0; at < chunk.length; at++) {
        const byte = chunk[at] as number;
        if (hasPendingCr && byte === LF) {
          out.putLineEnd();
          column = 0;
          hasPendingCr = false;
          continue;
        }
        if (hasPendingCr) put(out, CR);
        hasPendingCr = byte === CR;
        if (!hasPendingCr) put(out, byte);
      }
      return out.take();
    },
    end() {
      const out = new Output(16);
      if (hasPendingCr) put(out, CR);
      hasPendingCr = false;
      return out.take();
    },
  };
}
