/** The bytes of a message: lines that are too long, line ends that are none, and bytes that nothing announces. */
import type { CheckFinding } from '../api/contract';
import { countOf, finding } from './finding';

/** RFC 5322 section 2.1.1, without CRLF. */
const longestLine = 998;
const wantedLine = 78;
const mostPlaces = 20;

export interface LineFacts {
  readonly tooLong: Seen;
  readonly long: Seen;
  readonly bareCr: Seen;
  readonly bareLf: Seen;
  readonly withNul: Seen;
  /** Lines that end in CRLF. */
  readonly endings: number;
}

interface Seen {
  readonly count: number;
  /** The first lines, from 1. */
  readonly lines: readonly number[];
}

/** One pass over the bytes. */
export function lookAtLines(bytes: Uint8Array): LineFacts {
  const seen = () => ({ count: 0, lines: [] as number[] });
  const facts = {
    tooLong: seen(),
    long: seen(),
    bareCr: seen(),
    bareLf: seen(),
    withNul: seen(),
    endings: 0,
  };
  const note = (what: { count: number; lines: number[] }, line: number): void => {
    what.count += 1;
    if (what.lines.length < mostPlaces && what.lines.at(-1) !== line) what.lines.push(line);
  };
  let line = 1;
  let start = 0;
  const endLine = (end: number): void => {
    const length = end - start;
    if (length > longestLine) note(facts.tooLong, line);
    else if (length > wantedLine) note(facts.long, line);
  };
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (byte > 13) continue;
    if (byte === 10) {
      const isWhole = at > start && bytes[at - 1] === 13;
      if (isWhole) facts.endings += 1;
      else note(facts.bareLf, line);
      endLine(isWhole ? at - 1 : at);
      start = at + 1;
      line += 1;
    } else if (byte === 13) {
      if (bytes[at + 1] !== 10) note(facts.bareCr, line);
    } else if (byte === 0) note(facts.withNul, line);
  }
  endLine(bytes.length);
  return facts;
}

const places = ({ count, lines }: Seen): string[] => [
  ...lines.slice(0, 6).map((line) => `line ${line}`),
  ...(count > 6 ? [`${(count - 6).toLocaleString('en')} more`] : []),
];

export function checkLines(facts: LineFacts): CheckFinding[] {
  const findings: CheckFinding[] = [];
  const add = (...given: Parameters<typeof finding>): void => void findings.push(finding(...given));
  if (facts.tooLong.count > 0)
    add(
      'fault',
      'lines.too-long',
      `${countOf(facts.tooLong.count, 'line')} with more than 998 characters.`,
      'Servers may refuse the message or break the lines, which destroys signatures and HTML. Encode the part as quoted-printable or base64.',
      places(facts.tooLong),
    );
  if (facts.long.count > 0)
    add(
      'hint',
      'lines.long',
      `${countOf(facts.long.count, 'line')} with more than 78 characters.`,
      'This is allowed (RFC 5322, 2.1.1), but some old programs cut or wrap such lines.',
      places(facts.long),
    );
  if (facts.bareCr.count > 0)
    add(
      'fault',
      'lines.bare-cr',
      `${countOf(facts.bareCr.count, 'carriage return')} without a line feed.`,
      'RFC 5322 (2.3) forbids it, and servers refuse it as an attempt to smuggle mail. End lines with CR LF.',
      places(facts.bareCr),
    );
  // A file with LF alone is how Unix keeps mail; it becomes CRLF on the way. Mixed is what programs get wrong.
  if (facts.bareLf.count > 0 && facts.endings > 0)
    add(
      'fault',
      'lines.bare-lf',
      `${countOf(facts.bareLf.count, 'line')} that end with a line feed alone, beside others that end with CR LF.`,
      'Servers refuse such mail, or change it and break its signature. End every line with CR LF.',
      places(facts.bareLf),
    );
  if (facts.withNul.count > 0)
    add(
      'fault',
      'lines.nul',
      `${countOf(facts.withNul.count, 'NUL byte')} in the message.`,
      'RFC 5322 forbids it; what follows may be lost. Encode binary content as base64.',
      places(facts.withNul),
    );
  return findings;
}
