/** The figures as a table for the terminal and as docs/performance.md. Pure. */
import type { LoadShape } from './load';
import { messageBytes } from './load';
import type { Machine } from './machine';
import type { Measure, Results } from './measure';
import type { RelayName } from './relays';

interface Row {
  readonly title: string;
  readonly unit: 'messages/s' | 'MB';
  readonly figures: Partial<Record<RelayName, number[]>>;
  /** More is better. False: less is. */
  readonly isMoreBetter: boolean;
}

const measureTitles: Record<Measure, string> = { accept: 'accept', relay: 'accept and relay' };

const describeShape = ({ sessions, isReused }: LoadShape): string =>
  `${sessions} ${sessions === 1 ? 'session' : 'sessions'}, ${isReused ? 'connections reused' : 'a new connection per message'}`;

function rowsOf({ rates, memory }: Results): Row[] {
  return [
    ...rates.map(({ measure, shape, perSecond }): Row => {
      const title = `${measureTitles[measure]}, ${describeShape(shape)}`;
      return { title, unit: 'messages/s', figures: perSecond, isMoreBetter: true };
    }),
    ...memory.map(({ moment, bytes }): Row => {
      const figures = Object.fromEntries(
        Object.entries(bytes).map(([name, all]) => [name, all.map((one) => one / 1e6)]),
      );
      return { title: `memory ${moment}`, unit: 'MB', figures, isMoreBetter: false };
    }),
  ];
}

function medianOf(figures: readonly number[]): number {
  const sorted = figures.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** "1170 (1090-1210)": median and range; "-" when it was not measured. */
function formatFigures(figures: readonly number[] | undefined): string {
  if (!figures || figures.length === 0) return '-';
  const [median, least, most] = [medianOf(figures), Math.min(...figures), Math.max(...figures)].map(
    (figure) => (figure < 100 ? figure.toPrecision(2) : figure.toFixed(0)),
  );
  return figures.length === 1 ? `${median}` : `${median} (${least}-${most})`;
}

/** Mailroot's figure divided by Postfix's. */
function ratioOf({ figures }: Row): number | undefined {
  if (!figures.Mailroot?.length || !figures.Postfix?.length) return undefined;
  return medianOf(figures.Mailroot) / medianOf(figures.Postfix);
}

const headings = ['', 'Postfix', 'Mailroot', 'Mailroot / Postfix'];

function cellsOf(row: Row): string[] {
  const ratio = ratioOf(row);
  return [
    `${row.title} (${row.unit})`,
    formatFigures(row.figures.Postfix),
    formatFigures(row.figures.Mailroot),
    ratio === undefined ? '-' : ratio.toFixed(2),
  ];
}

export function formatForTerminal(results: Results): string {
  const lines = [headings, ...rowsOf(results).map(cellsOf)];
  const widths = headings.map((_, at) => Math.max(...lines.map((line) => (line[at] ?? '').length)));
  return lines
    .map((line) =>
      line.map((cell, at) => cell[at === 0 ? 'padEnd' : 'padStart'](widths[at] ?? 0)).join('   '),
    )
    .join('\n');
}

export function describeInLines(machine: Machine): string[] {
  return [
    `Processor: ${machine.processor}, ${machine.cores} cores, shared by the relay, the load and the next hop`,
    `Memory: ${machine.memoryGb} GB`,
    `System: ${machine.system}`,
    `Disk: ${machine.fileSystem}; one thread creates, writes and flushes ${machine.flushedFilesPerSecond} files of 5 KB a second, one after another`,
    `Node ${machine.node}; Postfix ${machine.postfix ?? 'not installed'}`,
    describeOthers(machine),
  ];
}

/** A busy machine makes both slower and the ratios less certain. */
function describeOthers({ loadBefore, cores }: Machine): string {
  const load = `Load average in the minute before: ${loadBefore.toFixed(1)}`;
  return loadBefore > cores / 4 ? `${load}: the machine was not idle, take the figures with care` : load;
}

export interface PageFacts {
  readonly results: Results;
  readonly machine: Machine;
  readonly version: string;
  /** "2026-11-23". */
  readonly date: string;
  readonly rounds: number;
  readonly seconds: number;
}

export function renderPage({ results, machine, version, date, rounds, seconds }: PageFacts): string {
  const rows = rowsOf(results);
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  return [
    '# Performance',
    '',
    `Written by \`npm run bench\` on ${date} for Mailroot ${version}; do not edit. Figures of two programs that were`,
    'measured in one run on one machine can be compared with each other. Those of another machine, or of another',
    'day, cannot.',
    '',
    '## Figures',
    '',
    `Median of ${rounds} rounds, and in brackets the lowest and the highest.`,
    '',
    line(headings),
    line(['---', '---:', '---:', '---:']),
    ...rows.map((row) => line(cellsOf(row))),
    '',
    ...describeStanding(rows),
    '',
    '## Machine',
    '',
    ...describeInLines(machine).map((text) => `- ${text}`),
    '',
    '## Method',
    '',
    `- Load: Postfix's \`smtp-source\`, messages of ${messageBytes} bytes to one recipient; next hop: its \`smtp-sink\`. Everything`,
    '  is on loopback, without TLS and authentication, and every queue on the same disk.',
    '- Both relays flush each message to the disk before they answer 250; Mailroot flushes the folder it lies in,',
    '  too, one flush for all messages that wait for it. Both are as installed, but for what the load itself',
    '  needs: leave to relay, no limit of connections for a client (Postfix), none of the bytes in a session',
    '  (Mailroot), no slowing down of clients when mail comes in faster than it goes out (Postfix,',
    '  `in_flow_delay = 0`).',
    '- Postfix writes its usual log, a few lines a message. Mailroot keeps no protocol log yet; with one it will',
    '  have that to do, too.',
    '- "accept" ends with the last 250. No mail is delivered meanwhile: Postfix lays it on hold, which is the',
    '  least work it can have with it; Mailroot waits on one connection to a next hop that never answers.',
    '- "accept and relay" ends when the next hop has counted the last message; both find the next hop as a smart',
    '  host and reuse their connections to it as they do by default.',
    '- "a new connection per message" is what applications, scanners and printers do; "connections reused" what',
    '  other mail servers do.',
    `- In each round each relay is started afresh with an empty queue, takes 500 messages that do not count, then`,
    `  about ${seconds} s of load in each shape. The relays take turns, and in every other round the other one begins.`,
    '- Memory is the sum of the proportional set sizes of all processes of a relay: a page that several share is',
    '  counted once. All but "at rest" are the highest figure seen after any of the shapes.',
    '- Nothing else should run meanwhile. No test depends on these figures.',
    '',
    '## Repeat it',
    '',
    '```',
    'npm ci && npm run bench',
    '```',
    '',
    'takes about six minutes, as root, because Postfix needs that; where Debian or Ubuntu has no Postfix yet it is',
    'installed and not started. `npm run bench -- --quick` takes one minute and leaves this page as it is.',
    '',
  ].join('\n');
}

/** Where Mailroot loses, in words: a table is easily read with one eye. */
function describeStanding(rows: readonly Row[]): string[] {
  const compared = rows.flatMap((row) => {
    const ratio = ratioOf(row);
    return ratio === undefined ? [] : [{ row, ratio, isWorse: row.isMoreBetter ? ratio < 1 : ratio > 1 }];
  });
  if (compared.length === 0) return ['Mailroot was measured alone: Postfix could not be run here.'];
  const worse = compared.filter(({ isWorse }) => isWorse);
  if (worse.length === 0) return ['Mailroot is behind Postfix in none of these.'];
  return [
    'Where Mailroot is behind Postfix:',
    '',
    ...worse.map(({ row, ratio }) =>
      row.isMoreBetter
        ? `- ${row.title}: ${Math.round((1 - ratio) * 100)} % fewer messages a second.`
        : `- ${row.title}: ${ratio.toFixed(1)} times as much.`,
    ),
  ];
}
