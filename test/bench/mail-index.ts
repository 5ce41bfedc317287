/**
 * What the index of mail costs and gives: a hundred thousand messages in Drop, first page, build, searches, memory,
 * and the relay's throughput while the index is being made.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumSkipReason } from '../support/chromium';
import { measureMemory } from '../support/process-memory';
import { type RunningService, startService } from '../support/service';
import { type ListFigures, measureLists, renderListRows } from './console-lists';
import { sendLoad, startSink } from './load';

export interface IndexFigures {
  readonly messages: number;
  readonly firstPageMs: number;
  /** With the index still to be made. */
  readonly buildSeconds: number;
  readonly perSecond: number;
  readonly searches: readonly { readonly query: string; readonly ms: number; readonly total: number }[];
  /** What the process has more than one with an empty Drop. */
  readonly memoryMb: number;
  readonly indexMb: number;
  /** Messages a second that the relay takes and passes on, alone and while the index is being made. */
  readonly relayAlone: readonly number[];
  readonly relayWhileBuilding: readonly number[];
  /** Undefined where there is no Chromium. */
  readonly lists: ListFigures | undefined;
}

const searches = [
  '',
  'invoice',
  'inv',
  'a',
  'invoice report',
  '"annual report"',
  'from:app7@line.test',
  'to:ann',
  'subject:order',
  'has:attachment',
  'after:2026-01-02 before:2026-01-03',
  'larger:2KB',
  'is:unread',
  'tag:none',
  'header:X-Mailer=Scanner',
  'message-12345@line.test',
  'invoice -report',
  '-invoice',
  'in:drop server:1 word99',
  'nothingofthekind',
];

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function measureIndex(options: {
  readonly messages: number;
  readonly smtpSource: string | undefined;
  readonly smtpSink: string | undefined;
  readonly report: (progress: string) => void;
}): Promise<IndexFigures> {
  const { messages, smtpSource, report } = options;
  const emptyMb = await measureEmpty();
  const dataFolder = mkdtempSync(join(tmpdir(), 'mailroot-bench-'));
  const home = join(dataFolder, 'mailroot');
  report(`Writing ${messages} messages into Drop ...`);
  fillDrop(join(home, 'Drop'), messages);
  const sink = await startSink(options.smtpSink);
  const service = await startService({
    dataFolder,
    home,
    hasConsole: true,
    server: {
      relayList: ['127.0.0.1'],
      maxSessionKb: null,
      smartHost: '[127.0.0.1]',
      outboundPort: sink.port,
    },
  });
  try {
    const startedAt = performance.now();
    await service.client.messages.list({ serverId: 1, folder: 'drop', limit: 200 });
    const firstPageMs = performance.now() - startedAt;
    await waitUntilReady(service);
    const buildSeconds = (performance.now() - startedAt) / 1000;
    report(`Index made in ${buildSeconds.toFixed(1)} s`);
    const figures: { query: string; ms: number; total: number }[] = [];
    for (const query of searches) {
      const from = performance.now();
      const { total } = await service.client.search.find({ query, limit: 200 });
      figures.push({ query, ms: performance.now() - from, total });
    }
    const reason = chromiumSkipReason();
    if (reason !== undefined) report(`The console is not measured: ${reason}`);
    const lists = reason === undefined ? await measureLists(service) : undefined;
    const memoryMb = measureMemory(service.process.pid as number) / 1e6 - emptyMb;
    const { size } = statSync(join(dataFolder, 'Cache/mail.db'));
    const relayAlone: number[] = [];
    const relayWhileBuilding: number[] = [];
    const load = async (): Promise<number> => {
      const count = 2000;
      const ms = await sendLoad({ sessions: 10, isReused: false }, { port: service.port, count, smtpSource });
      return (count * 1000) / ms;
    };
    await load();
    for (let round = 0; round < 3; round++) {
      await waitUntilReady(service);
      await pause(5000);
      relayAlone.push(await load());
      await service.client.search.rebuild();
      relayWhileBuilding.push(await load());
      const { state, done } = await service.client.search.status();
      report(
        `Relay ${relayAlone.at(-1)?.toFixed(0)}/s alone, ${relayWhileBuilding.at(-1)?.toFixed(0)}/s while the index is made (${state}, ${done} done)`,
      );
    }
    return {
      messages,
      firstPageMs,
      buildSeconds,
      perSecond: messages / buildSeconds,
      searches: figures,
      memoryMb,
      indexMb: size / 1e6,
      relayAlone,
      relayWhileBuilding,
      lists,
    };
  } finally {
    await service.remove();
    await sink.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

async function measureEmpty(): Promise<number> {
  const service = await startService();
  try {
    await pause(1000);
    return measureMemory(service.process.pid as number) / 1e6;
  } finally {
    await service.remove();
  }
}

async function waitUntilReady({ client }: RunningService): Promise<void> {
  while ((await client.search.status()).state !== 'ready') await pause(200);
}

/** Messages of about 2.5 KB, every tenth with an attachment, of 5,000 different words. */
function fillDrop(folder: string, count: number): void {
  mkdirSync(folder, { recursive: true });
  let seed = 1;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  const common = ['invoice', 'annual report', 'order', 'delivery', 'meeting', 'summary'];
  const text = (words: number): string =>
    Array.from({ length: words }, () =>
      random(8) === 0 ? common[random(common.length)] : `word${Math.min(random(5000), random(5000))}`,
    ).join(' ');
  for (let number = 0; number < count; number++) {
    const at = Date.UTC(2026, 0, 1) + number * 6000;
    const body = text(250);
    const head = [
      'x-sender: app@line.test',
      `x-receiver: ${['ann', 'bob', 'carl'][number % 3]}@corp.test`,
      `Received: from scanner (scanner [192.0.2.7]) by relay.corp.test; ${new Date(at).toUTCString()}`,
      `From: App ${number % 100} <app${number % 100}@line.test>`,
      `To: ${['ann', 'bob', 'carl'][number % 3]}@corp.test`,
      `Subject: ${common[number % common.length]} ${number}`,
      `Date: ${new Date(at).toUTCString()}`,
      `Message-ID: <message-${number}@line.test>`,
      `X-Mailer: ${number % 50 === 0 ? 'Scanner 9' : 'App 1'}`,
      'MIME-Version: 1.0',
    ];
    const content =
      number % 10 === 0
        ? `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n${body}\r\n--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename="file${number}.pdf"\r\n\r\ndata\r\n--b--\r\n`
        : `Content-Type: text/plain; charset=utf-8\r\n\r\n${body}\r\n`;
    const id = `${at.toString(16).padStart(12, '0')}0000abcdef01`;
    writeFileSync(join(folder, `${id}.eml`), `${head.join('\r\n')}\r\n${content}`);
  }
}

const medianOf = (figures: readonly number[]): number =>
  figures.toSorted((one, other) => one - other)[figures.length >> 1] ?? Number.NaN;

export const indexSectionStart = '<!-- index of mail -->';
export const indexSectionEnd = '<!-- end of index of mail -->';

/** The section of docs/performance.md. */
export function renderIndexSection(figures: IndexFigures, date: string): string {
  const times = figures.searches.map(({ ms }) => ms);
  const alone = medianOf(figures.relayAlone);
  const building = medianOf(figures.relayWhileBuilding);
  const slowest = figures.searches.toSorted((one, other) => other.ms - one.ms)[0];
  const shown = slowest?.query === '' ? 'everything' : `\`${slowest?.query}\``;
  return [
    indexSectionStart,
    '## Index of mail',
    '',
    `Measured on ${date} with ${figures.messages.toLocaleString('en')} messages of about 2 KB in Drop, of the built service, over its control channel.`,
    '',
    '| | |',
    '| --- | ---: |',
    `| first page of the list, 200 rows, right after the start | ${figures.firstPageMs.toFixed(0)} ms |`,
    `| index made from nothing | ${figures.buildSeconds.toFixed(1)} s (${figures.perSecond.toFixed(0)} messages/s) |`,
    `| ${times.length} different searches, 200 rows each, median | ${medianOf(times).toFixed(0)} ms |`,
    `| the slowest of them (${shown}, ${slowest?.total} found) | ${Math.max(...times).toFixed(0)} ms |`,
    ...(figures.lists === undefined ? [] : renderListRows(figures.lists)),
    `| memory, more than with an empty Drop | ${figures.memoryMb.toFixed(0)} MB |`,
    `| size of the index | ${figures.indexMb.toFixed(0)} MB |`,
    `| relay, alone | ${alone.toFixed(0)} messages/s |`,
    `| relay, while the index is being made | ${building.toFixed(0)} messages/s |`,
    `| ratio | ${(building / alone).toFixed(2)} |`,
    '',
    'The relay is measured in three rounds, by turns, with 2,000 messages of 5 KB in 10 sessions, a new connection each, and a',
    'next hop that takes them; the median counts. Relay, load, next hop and index share the cores of this machine.',
    indexSectionEnd,
  ].join('\n');
}
