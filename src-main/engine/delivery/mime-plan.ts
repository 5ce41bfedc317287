/**
 * Finds what has to change in a message before a server can have it that does not take 8-bit or binary content
 * (RFC 6152 section 3): which bodies are encoded and which fields are written anew. Reads the message once.
 *
 * Promises: bounded memory and linear time whatever the message is; a message that two readers could take apart in two
 *   ways is not touched; what is signed or encrypted is not touched; nothing changes that need not.
 * Trusts: nothing in the message.
 */
import type { BodyEncoding } from './mime-encoders';
import { type PartType, readPartType, readTransferEncoding, type TransferEncoding } from './mime-fields';
import { longestLine, MimeHeader } from './mime-header';
import { createLineScanner, type LineScanner, type MimeLine } from './mime-lines';

/** 'ascii': nothing above 127 and no binary content is left; 'lines': no binary content is left. */
export type ConversionGoal = 'ascii' | 'lines';

/** One range of the content and what stands there afterwards. */
export type ContentEdit =
  | { readonly from: number; readonly to: number; readonly text: string }
  | { readonly from: number; readonly to: number; readonly encoding: BodyEncoding };

/** Why a message cannot be converted; the words follow "because". */
export type ConversionFault =
  | 'a signed or encrypted part of it would be damaged'
  | 'it has characters outside of ASCII in a header'
  | 'its structure is damaged'
  | 'it has too many parts'
  | 'it has a part that must not be encoded';

export type ConversionPlan =
  | {
      /** In order, without overlaps. Empty: it can go as it is. */
      readonly edits: readonly ContentEdit[];
      /** Somebody has signed the message as a whole; the signature does not survive an edit. */
      readonly hasSignature: boolean;
    }
  | { readonly fault: ConversionFault };

export interface ConversionPlanner {
  push(chunk: Uint8Array): void;
  /** Behind the last chunk. */
  end(): ConversionPlan;
}

/** Multiparts and messages in each other; honest mail has fewer than ten. */
const deepest = 100;
const mostParts = 10_000;

/** An open multipart. */
interface Frame {
  readonly boundary: string;
  readonly isSealed: boolean;
  readonly isDigest: boolean;
  readonly depth: number;
}

/** What lies between two boundaries, or in front of the first and behind the last. */
interface Body {
  readonly start: number;
  /** The text in front of the first part of this multipart. */
  readonly preambleOf?: Frame;
  /** With neither, it is the text behind a last part. */
  readonly leaf?: {
    readonly header: MimeHeader;
    readonly encoding: TransferEncoding;
    readonly type: Extract<PartType, { kind: 'leaf' | 'bare' }>;
    readonly isMessage: boolean;
  };
  readonly isSealed: boolean;
  hasEightBit: boolean;
  /** NUL, or a CR or LF without the other. */
  isRaw: boolean;
  hasLongLine: boolean;
  isUtf8: boolean;
}

export function createConversionPlanner(goal: ConversionGoal): ConversionPlanner {
  const planner = new Planner(goal);
  const scanner: LineScanner = createLineScanner((line) => planner.read(line));
  return {
    push(chunk) {
      if (planner.fault === undefined) scanner.push(chunk);
    },
    end() {
      if (planner.fault === undefined) scanner.end();
      return planner.end();
    },
  };
}

class Planner {
  fault: ConversionFault | undefined;
  readonly #goal: ConversionGoal;
  readonly #edits: ContentEdit[] = [];
  readonly #frames: Frame[] = [];
  /** Lines that mean something now, with the place of their frame. */
  readonly #delimiters = new Map<string, { readonly frame: number; readonly isClose: boolean }>();
  /** Being read; undefined while a body is. */
  #header: MimeHeader | undefined = new MimeHeader();
  /** The header is that of a message, not of a part. */
  #isMessage = true;
  #isFirst = true;
  #hasSignature = false;
  #body: Body | undefined;
  #depth = 0;
  #partCount = 0;
  #end = 0;
  #lastEndBytes: 0 | 1 | 2 = 2;

  constructor(goal: ConversionGoal) {
    this.#goal = goal;
  }

  read(line: MimeLine): void {
    if (this.fault !== undefined) return;
    this.#readLine(line);
    this.#end = line.end;
    this.#lastEndBytes = line.endBytes;
  }

  end(): ConversionPlan {
    if (this.#header) this.#finishHeader(this.#header, this.#end);
    this.#finishBody(this.#end);
    if (this.fault !== undefined) return { fault: this.fault };
    return { edits: this.#edits, hasSignature: this.#hasSignature };
  }

  #fail(fault: ConversionFault): void {
    this.fault ??= fault;
  }

  #readLine(line: MimeLine): void {
    const { head } = line;
    if (head[0] === 0x2d && head[1] === 0x2d && line.length <= longestLine && this.#frames.length > 0) {
      const found = this.#delimiters.get(withoutPadding(head));
      if (found) {
        this.#cross(line, found);
        return;
      }
    }
    if (this.#header) {
      if (this.#header.push(line)) this.#finishHeader(this.#header, line.end);
      return;
    }
    const body = this.#body;
    if (!body) return;
    if (line.hasEightBit) body.hasEightBit = true;
    if (line.hasNul || line.hasBareCr || line.endBytes === 1) body.isRaw = true;
    if (line.length > longestLine) body.hasLongLine = true;
    if (!line.isUtf8) body.isUtf8 = false;
  }

  /** A boundary: ends whatever was open inside of its multipart. */
  #cross(line: MimeLine, { frame: at, isClose }: { frame: number; isClose: boolean }): void {
    // A reader that takes a bare LF for a line's end finds other parts than one that does not.
    if (line.endBytes === 1 || this.#lastEndBytes === 1) {
      this.#fail('its structure is damaged');
      return;
    }
    const frame = this.#frames[at] as Frame;
    if (this.#header) this.#finishHeader(this.#header, line.start);
    this.#finishBody(line.start, isClose ? 'end' : frame);
    this.#closeFrames(isClose ? at : at + 1);
    this.#header = undefined;
    if (isClose) {
      this.#depth = frame.depth - 1;
      this.#body = createBody({ start: line.end, isSealed: frame.isSealed });
      return;
    }
    if (++this.#partCount > mostParts) {
      this.#fail('it has too many parts');
      return;
    }
    this.#body = undefined;
    this.#depth = frame.depth;
    this.#header = new MimeHeader();
    this.#isMessage = false;
  }

  #closeFrames(from: number): void {
    for (const { boundary } of this.#frames.splice(from)) {
      this.#delimiters.delete(`--${boundary}`);
      this.#delimiters.delete(`--${boundary}--`);
    }
  }

  #openFrame(frame: Frame): void {
    const delimiters = [`--${frame.boundary}`, `--${frame.boundary}--`];
    if (delimiters.some((delimiter) => this.#delimiters.has(delimiter))) {
      this.#fail('its structure is damaged');
      return;
    }
    delimiters.forEach((delimiter, at) => {
      this.#delimiters.set(delimiter, { frame: this.#frames.length, isClose: at === 1 });
    });
    this.#frames.push(frame);
  }

  /** @param bodyAt where its body begins */
  #finishHeader(header: MimeHeader, bodyAt: number): void {
    this.#header = undefined;
    const isMessage = this.#isMessage;
    const parent = this.#frames.at(-1);
    const isSealed = parent?.isSealed ?? false;
    if (this.#isFirst) this.#hasSignature = header.field('dkim-signature') !== undefined;
    this.#isFirst = false;
    if (header.isBroken) {
      this.#fail('its structure is damaged');
      return;
    }
    if (header.hasEightBit && this.#goal === 'ascii') {
      this.#fail('it has characters outside of ASCII in a header');
      return;
    }
    const type = readPartType(header.field('content-type')?.value, !isMessage && parent?.isDigest === true);
    const encoding = readTransferEncoding(header.field('content-transfer-encoding')?.value);
    const isEncoded = encoding !== '7bit' && encoding !== '8bit' && encoding !== 'binary';
    if (type.kind === 'broken' || (type.kind === 'multipart' && isEncoded)) {
      this.#fail('its structure is damaged');
      return;
    }

    if (type.kind === 'leaf' || type.kind === 'bare' || isEncoded) {
      const leafType = type.kind === 'leaf' || type.kind === 'bare' ? type : opaque;
      const leaf = { header, encoding, isMessage, type: leafType };
      this.#body = createBody({ start: bodyAt, isSealed, leaf });
      return;
    }
    if (++this.#depth > deepest) {
      this.#fail('it has too many parts');
      return;
    }
    if (!isSealed) this.#relabelComposite(header, encoding, isMessage);
    if (type.kind === 'message') {
      this.#header = new MimeHeader();
      this.#isMessage = true;
      return;
    }
    const { boundary, isDigest } = type;
    const frame = { boundary, isDigest, isSealed: isSealed || type.isSealed, depth: this.#depth };
    this.#openFrame(frame);
    this.#body = createBody({ start: bodyAt, isSealed: frame.isSealed, preambleOf: frame });
  }

  /** RFC 6152 section 3: what holds parts is no more than they are. */
  #relabelComposite(header: MimeHeader, encoding: TransferEncoding, isMessage: boolean): void {
    const isAscii = this.#goal === 'ascii';
    if (encoding === 'binary' || (encoding === '8bit' && isAscii))
      this.#writeEncoding(header, isAscii ? '7bit' : '8bit');
    if (isMessage) this.#addFields(header, versionIfMissing(header));
  }

  /**
   * @param next the multipart of which a part begins here; 'end' when the last part of one ends; absent at the end of
   *   the content. A boundary owns the line's end before it (RFC 2046 section 5.1.1).
   */
  #finishBody(at: number, next?: Frame | 'end'): void {
    const body = this.#body;
    this.#body = undefined;
    if (!body || this.fault !== undefined) return;
    const to = next ? Math.max(body.start, at - this.#lastEndBytes) : at;
    const isChanged = body.isRaw || body.hasLongLine || (body.hasEightBit && this.#goal === 'ascii');
    const { leaf, start } = body;
    if (!isChanged) {
      if (leaf && !body.isSealed) this.#relabelLeaf(leaf, body.hasEightBit);
      return;
    }
    if (body.isSealed) {
      this.#fail('a signed or encrypted part of it would be damaged');
      return;
    }
    if (!leaf) {
      // A multipart without a single part is something else than it says.
      if (body.preambleOf && body.preambleOf !== next) {
        this.#fail('its structure is damaged');
        return;
      }
      this.#edits.push({ from: start, to, encoding: 'masked' });
      return;
    }
    this.#encodeLeaf(leaf, body, to);
  }

  #relabelLeaf({ header, encoding }: NonNullable<Body['leaf']>, hasEightBit: boolean): void {
    const isTooMuch = encoding === 'binary' || (encoding === '8bit' && this.#goal === 'ascii');
    if (isTooMuch) this.#writeEncoding(header, hasEightBit ? '8bit' : '7bit');
  }

  #encodeLeaf(
    { header, encoding, type, isMessage }: NonNullable<Body['leaf']>,
    { start, hasEightBit, isRaw, isUtf8 }: Body,
    to: number,
  ): void {
    if (type.kind === 'bare') {
      this.#fail('it has a part that must not be encoded');
      return;
    }
    if (encoding === 'quoted-printable' || encoding === 'base64') {
      if (hasEightBit || isRaw) {
        this.#fail('its structure is damaged');
        return;
      }
      this.#edits.push({ from: start, to, encoding: `shorter-${encoding}` });
      return;
    }
    if (encoding === 'unknown') {
      this.#fail('it has a part that must not be encoded');
      return;
    }
    const chosen = type.isText && !isRaw ? 'quoted-printable' : 'base64';
    this.#writeEncoding(header, chosen);
    let added = isMessage ? versionIfMissing(header) : '';
    // RFC 1428 has a name for what nobody has named; but UTF-8 is not met by chance.
    if (hasEightBit && header.field('content-type') === undefined)
      added += `Content-Type: text/plain; charset=${isUtf8 ? 'utf-8' : 'unknown-8bit'}\r\n`;
    this.#addFields(header, added);
    this.#edits.push({ from: start, to, encoding: chosen });
  }

  #writeEncoding(header: MimeHeader, encoding: string): void {
    const field = header.field('content-transfer-encoding');
    const text = `Content-Transfer-Encoding: ${encoding}\r\n`;
    if (field) this.#edits.push({ from: field.from, to: field.to, text });
    else this.#addFields(header, text);
  }

  #addFields({ blankAt }: MimeHeader, text: string): void {
    if (blankAt !== undefined && text !== '') this.#edits.push({ from: blankAt, to: blankAt, text });
  }
}

/** Something that is encoded already, against the rules of its type. */
const opaque = { kind: 'leaf', isText: false } as const;

/** White space behind a boundary is no part of it. */
function withoutPadding(line: Buffer): string {
  let length = line.length;
  while (line[length - 1] === 0x20 || line[length - 1] === 0x09) length--;
  return line.toString('latin1', 0, length);
}

const versionIfMissing = (header: MimeHeader): string =>
  header.field('mime-version') ? '' : 'MIME-Version: 1.0\r\n';

const createBody = (facts: Pick<Body, 'start' | 'isSealed' | 'preambleOf' | 'leaf'>): Body => ({
  ...facts,
  hasEightBit: false,
  isRaw: false,
  hasLongLine: false,
  isUtf8: true,
});
