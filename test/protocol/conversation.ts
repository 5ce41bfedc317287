/** Conversations as text: see README.md in this folder for the format. */

import { Problem, type ProblemCode } from '../../src-main/engine/core/problem';
import { createStatus } from '../../src-main/engine/core/smtp-status';
import type { ServerSettingsInput } from '../../src-main/settings/schema';
import type { ListenerUnderTest, RawClient } from './listener-under-test';
import type { MemoryIntake } from './memory-intake';

type Step =
  | { readonly kind: 'send'; readonly bytes: string; readonly line: number }
  | { readonly kind: 'expect'; readonly text: string; readonly line: number }
  | { readonly kind: 'rest'; readonly line: number }
  | { readonly kind: 'closed'; readonly line: number }
  | { readonly kind: 'end'; readonly line: number }
  | { readonly kind: 'tls'; readonly line: number }
  | { readonly kind: 'queue'; readonly text: string; readonly line: number };

export interface Conversation {
  readonly settings: Partial<ServerSettingsInput>;
  readonly intake: readonly string[];
  /** Messages that are held, by domain. */
  readonly held: readonly (readonly [domain: string, count: number])[];
  readonly steps: readonly Step[];
}

export function parseConversation(text: string): Conversation {
  const settings: Record<string, unknown> = {};
  const intake: string[] = [];
  const held: [string, number][] = [];
  const steps: Step[] = [];
  text.split(/\r?\n/).forEach((raw, index) => {
    const line = index + 1;
    if (raw.trim() === '' || raw.startsWith('#')) return;
    const set = /^set (\w+) = (.*)$/.exec(raw);
    if (set?.[1] !== undefined && set[2] !== undefined) settings[set[1]] = JSON.parse(set[2]);
    else if (raw.startsWith('intake ')) intake.push(raw.slice(7).trim());
    else if (raw.startsWith('held ')) {
      const [, domain = '', count] = raw.trim().split(' ');
      held.push([domain, Number(count)]);
    } else if (raw.trim() === 'C: <end>') steps.push({ kind: 'end', line });
    else if (raw.trim() === 'C: <tls>') steps.push({ kind: 'tls', line });
    else if (/^C: ?/.test(raw)) steps.push({ kind: 'send', bytes: `${raw.slice(3)}\r\n`, line });
    else if (raw.startsWith('C> ')) steps.push({ kind: 'send', bytes: unescapeBytes(raw.slice(3)), line });
    else if (raw.trim() === 'S: ...') steps.push({ kind: 'rest', line });
    else if (raw.trim() === 'S: <closed>') steps.push({ kind: 'closed', line });
    else if (raw.startsWith('S: ')) steps.push({ kind: 'expect', text: raw.slice(3), line });
    else if (raw.startsWith('Q: ')) steps.push({ kind: 'queue', text: raw.slice(3), line });
    else throw new Error(`line ${line}: neither comment, directive, C:, C>, S: nor Q: but "${raw}"`);
  });
  return { settings, intake, held, steps };
}

/** \r \n \t \\ \xHH, and {x*5000} for 5000 times x. */
function unescapeBytes(text: string): string {
  return text
    .replace(/\{(.+?)\*(\d+)\}/g, (_all, what: string, count: string) => what.repeat(Number(count)))
    .replace(/\\(?:x([0-9a-f]{2})|(.))/gi, (_all, hex: string | undefined, char: string | undefined) =>
      hex !== undefined
        ? String.fromCharCode(Number.parseInt(hex, 16))
        : ({ r: '\r', n: '\n', t: '\t' }[char ?? ''] ?? char ?? ''),
    );
}

/** "refuses CODE ENHANCED TEXT", "commit-fails PROBLEM-CODE", "write-fails PROBLEM-CODE". */
export function applyIntakeDirectives(intake: MemoryIntake, directives: readonly string[]): void {
  for (const directive of directives) {
    const [verb, first = '', second = '', ...rest] = directive.split(' ');
    const problem = (): Problem => new Problem(first as ProblemCode, `told to fail: ${first}`);
    if (verb === 'refuses') intake.refusalStatus = createStatus(Number(first), second, rest.join(' '));
    else if (verb === 'commit-fails') intake.commitFailure = problem();
    else if (verb === 'write-fails') intake.writeFailure = problem();
    else throw new Error(`unknown intake directive "${directive}"`);
  }
}

/** Runs the steps; throws with the file's line number at the first difference. */
export async function runConversation(
  conversation: Conversation,
  server: ListenerUnderTest,
  client: RawClient,
): Promise<void> {
  if (conversation.steps[0]?.kind === 'send') await client.line();
  let outgoing = '';
  const flush = (): void => {
    if (outgoing !== '') client.send(outgoing);
    outgoing = '';
  };
  for (const step of conversation.steps) {
    if (step.kind === 'send') {
      outgoing += step.bytes;
      continue;
    }
    flush();
    if (step.kind === 'end') client.end();
    else if (step.kind === 'tls') await client.startTls();
    else if (step.kind === 'rest') await client.reply();
    else if (step.kind === 'queue') checkQueue(server.intake, step);
    else {
      const got = await client.line().catch((error: Error) => `(${error.message})`);
      const wanted = step.kind === 'closed' ? undefined : step.text;
      if (!isSame(got, wanted))
        throw new Error(
          `line ${step.line}: expected ${wanted ?? '<closed>'}\n            got ${got ?? '<closed>'}`,
        );
    }
  }
  flush();
}

function isSame(got: string | undefined, wanted: string | undefined): boolean {
  if (got === undefined || wanted === undefined) return got === wanted;
  if (wanted.startsWith('~ ')) return new RegExp(wanted.slice(2)).test(got);
  return got.trimEnd() === wanted.trimEnd();
}

function checkQueue(intake: MemoryIntake, step: { readonly text: string; readonly line: number }): void {
  const fail = (text: string): never => {
    throw new Error(`line ${step.line}: ${text}`);
  };
  if (intake.openCount() > 0) fail('a transaction was left open');
  const [what = '', ...rest] = step.text.trim().split(' ');
  const value = rest.join(' ');
  if (what === 'count') {
    if (intake.accepted.length !== Number(value)) fail(`${intake.accepted.length} messages, not ${value}`);
    return;
  }
  const last = intake.accepted.at(-1) ?? fail('no message was accepted');
  const facts: Record<string, unknown> = {
    ...last.draft,
    ...last.options,
    isUtf8: last.draft.isUtf8 ?? false,
    content: last.content,
    to: last.draft.recipients.map(({ address }) => address),
  };
  const got = JSON.stringify(facts[what]);
  if (got !== JSON.stringify(JSON.parse(value))) fail(`${what} is ${got}, not ${value}`);
}
