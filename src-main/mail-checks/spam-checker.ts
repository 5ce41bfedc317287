/**
 * Asks SpamAssassin (spamd) or rspamd what they make of a message.
 *
 * Promises: one connection, bounded in time and in what is read; the message goes to the address of the settings and
 *   to nobody else.
 * Trusts: the checker with the message, as the administrator who named it does; nothing in its answer.
 * Fails: never; a checker that does not answer is the state 'unreachable' with the reason.
 */
import { request } from 'node:http';
import { connect } from 'node:net';
import { reasonOf, systemCodeOf } from '../engine/core/problem';
import type { ServerSettings } from '../settings/schema';
import { plainPlace } from './finding';

export interface SpamReport {
  state: 'off' | 'scored' | 'unreachable';
  score?: number;
  threshold?: number;
  rules: { name: string; score: number; text: string }[];
  text: string;
}

export interface SpamEnvelope {
  readonly sender?: string | undefined;
  readonly recipients?: readonly string[] | undefined;
  readonly peer?: string | undefined;
  readonly hello?: string | undefined;
}

export type SpamCheckerSettings = Pick<
  ServerSettings,
  'spamChecker' | 'spamCheckerAddress' | 'spamCheckerPort'
>;

/** SpamAssassin asks lists on the network, and takes its time. */
const timeoutMs = 60_000;
const mostAnswerBytes = 1024 * 1024;
const mostRules = 300;

export async function askSpamChecker(
  message: Uint8Array,
  settings: SpamCheckerSettings,
  envelope: SpamEnvelope = {},
): Promise<SpamReport> {
  const { spamChecker: kind, spamCheckerAddress: host, spamCheckerPort: port } = settings;
  if (kind === 'none')
    return {
      state: 'off',
      rules: [],
      text: 'No spam checker is set up. Choose SpamAssassin or rspamd in the properties of the virtual server, on the tab Housekeeping.',
    };
  const name = kind === 'rspamd' ? 'rspamd' : 'SpamAssassin';
  try {
    const found =
      kind === 'rspamd'
        ? readRspamd(await askRspamd(message, { host, port }, envelope))
        : readSpamd(await askSpamd(message, { host, port }));
    return { state: 'scored', ...found, text: verdict(name, found) };
  } catch (error) {
    const code = systemCodeOf(error);
    const why =
      code === 'ECONNREFUSED' ? 'nothing listens there' : plainPlace(reasonOf(error), 200).replace(/\.$/, '');
    return {
      state: 'unreachable',
      rules: [],
      text: `${name} at ${host}:${port} could not be asked: ${why}. Start it, or correct address and port in the properties of the virtual server.`,
    };
  }
}

interface Score {
  score: number;
  threshold: number;
  rules: { name: string; score: number; text: string }[];
}

function verdict(name: string, { score, threshold }: Score): string {
  return score >= threshold
    ? `${name} takes this for spam: ${score} points, and ${threshold} are enough.`
    : `${name} does not take this for spam: ${score} points of ${threshold}.`;
}

/** One exchange of the spamc protocol: the request, and all that is answered. */
function askSpamd(
  message: Uint8Array,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const timer = setTimeout(() => socket.destroy(new Error('no answer in time')), timeoutMs);
    const pieces: Buffer[] = [];
    let bytes = 0;
    socket.on('connect', () => {
      socket.write(`REPORT SPAMC/1.5\r\nContent-length: ${message.length}\r\n\r\n`);
      socket.end(message);
    });
    socket.on('data', (piece: Buffer) => {
      bytes += piece.length;
      pieces.push(piece);
      if (bytes > mostAnswerBytes) socket.destroy(new Error('its answer is too long'));
    });
    socket.on('error', reject);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(pieces).toString('utf8'));
    });
  });
}

/** Throws where it is no answer of spamd. */
function readSpamd(answer: string): Score {
  const status = /^SPAMD\/[\d.]+ (\d+) ([^\r\n]*)/.exec(answer);
  if (!status) throw new Error('what answers there is no spamd');
  if (status[1] !== '0') throw new Error(`it answered ${plainPlace(status[2] ?? '', 100)}`);
  const head = /^Spam: *(?:True|False|Yes|No) *; *(-?[\d.]+) *\/ *(-?[\d.]+)/im.exec(answer);
  if (!head) throw new Error('its answer has no score');
  const body = answer.slice(answer.indexOf('\r\n\r\n') + 4);
  return { score: Number(head[1]), threshold: Number(head[2]), rules: readReport(body) };
}

/** The table of a report: points, rule, description that may go on in the next lines. */
function readReport(body: string): Score['rules'] {
  const rules: Score['rules'] = [];
  let isInTable = false;
  for (const line of body.split(/\r?\n/).slice(0, 5_000)) {
    if (/^ *-{2,} -{5,}/.test(line)) {
      isInTable = true;
      continue;
    }
    if (!isInTable || rules.length >= mostRules) continue;
    const row = /^\s{0,4}(-?\d{1,4}(?:\.\d+)?) ([A-Z0-9_]{2,80})\s*(.*)$/.exec(line);
    const last = rules.at(-1);
    if (row) rules.push({ name: row[2] ?? '', score: Number(row[1]), text: plainPlace(row[3] ?? '', 500) });
    else if (last && /^\s{8,}\S/.test(line)) last.text = plainPlace(`${last.text} ${line}`, 500);
  }
  return sorted(rules);
}

const sorted = (rules: Score['rules']): Score['rules'] =>
  rules.sort((one, other) => Math.abs(other.score) - Math.abs(one.score));

function askRspamd(
  message: Uint8Array,
  { host, port }: { readonly host: string; readonly port: number },
  { sender, recipients, peer, hello }: SpamEnvelope,
): Promise<string> {
  const header = (name: string, value: string | undefined): Record<string, string> =>
    value !== undefined && /^[\x21-\x7e]{1,300}$/.test(value) ? { [name]: value } : {};
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        method: 'POST',
        host,
        port,
        path: '/checkv2',
        headers: {
          'content-length': message.length,
          ...header('From', sender),
          ...header('Rcpt', recipients?.[0]),
          ...header('IP', peer),
          ...header('Helo', hello),
        },
        agent: false,
        signal: AbortSignal.timeout(timeoutMs),
      },
      (answer) => {
        const pieces: Buffer[] = [];
        let bytes = 0;
        answer.on('data', (piece: Buffer) => {
          bytes += piece.length;
          pieces.push(piece);
          if (bytes > mostAnswerBytes) asked.destroy(new Error('its answer is too long'));
        });
        answer.on('error', reject);
        answer.on('end', () =>
          answer.statusCode === 200
            ? resolve(Buffer.concat(pieces).toString('utf8'))
            : reject(new Error(`it answered with HTTP status ${answer.statusCode}`)),
        );
      },
    );
    asked.on('error', reject);
    asked.end(message);
  });
}

/** Throws where it is no answer of rspamd. */
function readRspamd(answer: string): Score {
  let read: unknown;
  try {
    read = JSON.parse(answer);
  } catch {
    throw new Error('what answers there is no rspamd');
  }
  const { score, required_score: threshold, symbols } = (read ?? {}) as Record<string, unknown>;
  if (typeof score !== 'number' || typeof threshold !== 'number') throw new Error('its answer has no score');
  const rules = Object.entries((symbols ?? {}) as Record<string, unknown>)
    .slice(0, mostRules)
    .map(([name, value]) => {
      const { score: points, description } = (value ?? {}) as Record<string, unknown>;
      return {
        name: plainPlace(name, 80),
        score: typeof points === 'number' ? points : 0,
        text: typeof description === 'string' ? plainPlace(description, 500) : '',
      };
    });
  return { score: rounded(score), threshold, rules: sorted(rules) };
}

const rounded = (score: number): number => Math.round(score * 100) / 100;
