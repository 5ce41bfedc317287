/**
 * Takes a message apart without decoding or copying it: where each part's header and body are, and what its
 * header says about it.
 *
 * Owns: nothing. Promises: one pass, no recursion, memory for `mailLimits.parts` parts whatever is in the
 * message; every offset lies inside it. Trusts: nothing. Never throws.
 */
import { hyphen, isBlank, latin1, lineEnd, nextLine } from './bytes';
import { type FaultCode, type MailFault, type MailStructure, mailLimits } from './mail-part';
import { createPart, type OpenPart } from './open-part';

interface OpenBoundary {
  readonly part: OpenPart;
  readonly boundary: string;
}

/** @param bytes the raw message; it is read only */
export function scanMail(bytes: Uint8Array): MailStructure {
  return createScan(bytes).run();
}

function createScan(bytes: Uint8Array) {
  const size = bytes.length;
  const parts: OpenPart[] = [];
  /** The part that is being read, and those around it, the message first. */
  const path: OpenPart[] = [];
  const faults: MailFault[] = [];
  let isCut = false;
  /** Multiparts whose end was not seen yet, outermost first. */
  const open: OpenBoundary[] = [];
  /** Places in `open` by boundary, innermost last. */
  const places = new Map<string, number[]>();
  /** How many open boundaries have this length: most lines with two hyphens are told apart by it. */
  const lengths = new Map<number, number>();
  let longest = 0;

  const addFault = (code: FaultCode, part: OpenPart): void => {
    if (faults.length >= mailLimits.faults) return;
    if (!faults.some((fault) => fault.code === code && fault.part === part.index))
      faults.push({ code, part: part.index });
  };

  function push(part: OpenPart, boundary: string): void {
    const known = places.get(boundary);
    if (known) known.push(open.length);
    else places.set(boundary, [open.length]);
    lengths.set(boundary.length, (lengths.get(boundary.length) ?? 0) + 1);
    longest = Math.max(longest, boundary.length);
    open.push({ part, boundary });
  }

  function pop(): OpenBoundary | undefined {
    const last = open.pop();
    if (!last) return undefined;
    const known = places.get(last.boundary);
    known?.pop();
    if (known?.length === 0) places.delete(last.boundary);
    lengths.set(last.boundary.length, (lengths.get(last.boundary.length) ?? 1) - 1);
    if (open.length === 0) longest = 0;
    return last;
  }

  /** The open multipart that the line delimits. */
  function findBoundary(start: number, next: number): { place: number; isEnd: boolean } | undefined {
    if (open.length === 0 || bytes[start] !== hyphen || bytes[start + 1] !== hyphen) return undefined;
    let end = lineEnd(bytes, start, next);
    const from = start + 2;
    while (end > from && isBlank(bytes[end - 1])) end -= 1;
    const length = end - from;
    if (length > longest + 2) return undefined;
    const isExact = (lengths.get(length) ?? 0) > 0;
    const isEndLength =
      (lengths.get(length - 2) ?? 0) > 0 && bytes[end - 1] === hyphen && bytes[end - 2] === hyphen;
    if (!isExact && !isEndLength) return undefined;
    const text = latin1(bytes, from, end);
    const place = isExact ? places.get(text)?.at(-1) : undefined;
    if (place !== undefined) return { place, isEnd: false };
    const endPlace = isEndLength ? places.get(text.slice(0, -2))?.at(-1) : undefined;
    return endPlace === undefined ? undefined : { place: endPlace, isEnd: true };
  }

  function startPart(parent: OpenPart | undefined, at: number): OpenPart | undefined {
    if (parts.length >= mailLimits.parts) {
      isCut = true;
      addFault('too-many-parts', parts[0] as OpenPart);
      return undefined;
    }
    const part = createPart(parts.length, parent, at);
    parts.push(part);
    path.push(part);
    return part;
  }

  /** Everything inside `part` ends here. */
  function closeInside(part: OpenPart | undefined, at: number): void {
    while (path.length > 0 && path.at(-1) !== part) path.pop()?.close(at);
  }

  /** Reads the header from `part.headerStart` on; answers where its body, or the boundary that cut it off, begins. */
  function readHeader(part: OpenPart): number {
    let at = part.headerStart;
    while (at < size) {
      const next = nextLine(bytes, at);
      const end = lineEnd(bytes, at, next);
      if (end === at) {
        part.endHeader(at, next);
        return next;
      }
      if (findBoundary(at, next)) break;
      if (!part.addLine(bytes, at, end)) addFault('not-a-field', part);
      at = next;
    }
    part.endHeader(at, at);
    addFault('no-body', part);
    return at;
  }

  /** What is in the body, as the header has it: answers the part whose header comes next. */
  function enter(part: OpenPart): OpenPart | undefined {
    const { boundary } = part.describe(bytes, (code) => addFault(code, part));
    if ((part.isMultipart || part.isMessage) && part.depth >= mailLimits.depth) {
      isCut = true;
      addFault('too-deep', part);
      part.isMultipart = false;
      part.isMessage = false;
      return undefined;
    }
    if (part.isMultipart) push(part, boundary);
    return part.isMessage ? startPart(part, part.bodyStart) : undefined;
  }

  /** Follows headers down into messages inside messages. Answers where the scan goes on. */
  function readHeaders(first: OpenPart): number {
    let part: OpenPart | undefined = first;
    let at = first.headerStart;
    while (part) {
      at = readHeader(part);
      part = enter(part);
    }
    return at;
  }

  /** The line end before a boundary is the boundary's. */
  function beforeLine(at: number): number {
    return at === 0 ? 0 : lineEnd(bytes, 0, at);
  }

  function run(): MailStructure {
    const root = startPart(undefined, 0) as OpenPart;
    let at = readHeaders(root);
    while (at < size && open.length > 0) {
      const next = nextLine(bytes, at);
      const found = findBoundary(at, next);
      if (!found) {
        at = next;
        continue;
      }
      const { part } = open[found.place] as OpenBoundary;
      const end = beforeLine(at);
      while (open.length > found.place + 1) {
        const inner = pop();
        if (inner) addFault('no-end-boundary', inner.part);
      }
      closeInside(part, end);
      at = next;
      if (found.isEnd) {
        pop();
        continue;
      }
      const child = startPart(part, next);
      if (!child) break;
      at = readHeaders(child);
    }
    for (const { part } of open) if (!isCut) addFault('no-end-boundary', part);
    closeInside(undefined, size);
    return { sizeBytes: size, parts: parts.map((part) => part.finish(size)), isCut, faults };
  }

  return { run };
}
