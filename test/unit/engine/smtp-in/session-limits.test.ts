/** How much a session may ask for, and when it is over. */
import { describe, expect, it } from 'vitest';
import {
  type AnsweredLine,
  countReply,
  decideEnd,
  noCounts,
  type SessionAge,
} from '../../../../src-main/engine/smtp-in/session-limits';

const limits = { maxErrors: 3, maxCommands: 3 };
const command = (code?: number): AnsweredLine => ({ code, kind: 'command' });
const progress = (code?: number): AnsweredLine => ({ code, kind: 'progress' });
const message: AnsweredLine = { code: 250, kind: 'message' };

/** The verdicts on these lines, one behind the other. */
function judge(lines: readonly AnsweredLine[], own: Partial<typeof limits> = {}): readonly string[] {
  let counters = noCounts;
  return lines.map((line) => {
    const counted = countReply(counters, line, { ...limits, ...own });
    counters = counted.counters;
    return counted.verdict;
  });
}
const times = (count: number, line: AnsweredLine): AnsweredLine[] =>
  new Array<AnsweredLine>(count).fill(line);

describe('errors', () => {
  const many = { maxCommands: 100 };
  it('end the session behind the last one allowed', () => {
    expect(judge(times(3, command(550)), many)).toEqual(['go-on', 'go-on', 'too-many-errors']);
  });
  it('are permanent refusals, and no others', () => {
    expect(
      judge(
        [421, 452, 250, 354, undefined].flatMap((code) => times(3, command(code))),
        many,
      ),
    ).not.toContain('too-many-errors');
  });
  it('are not wrong passwords, which have their own limit', () => {
    expect(judge(times(10, command(535)), many)).not.toContain('too-many-errors');
  });
  it('are not forgiven by a message', () => {
    expect(judge([command(500), command(500), message, command(500)], many).at(-1)).toBe('too-many-errors');
  });
  it('count for recipients too', () => {
    expect(judge(times(3, progress(550)), many).at(-1)).toBe('too-many-errors');
  });
});

describe('commands', () => {
  it('may be as many as allowed, and the next one ends the session', () => {
    expect(judge(times(4, command(250)))).toEqual(['go-on', 'go-on', 'go-on', 'too-many-commands']);
  });
  it('are those since the last accepted message', () => {
    expect(judge([...times(3, command(250)), message, ...times(3, command(250))])).not.toContain(
      'too-many-commands',
    );
  });
  it('count without a reply of ours too', () => {
    expect(judge(times(4, command())).at(-1)).toBe('too-many-commands');
  });
  it('do not count when they bring a message forward', () => {
    expect(judge(times(100, progress(250)))).not.toContain('too-many-commands');
  });
  it('and errors without a limit never end it', () => {
    const none = { maxErrors: Number.POSITIVE_INFINITY, maxCommands: Number.POSITIVE_INFINITY };
    expect(new Set(judge(times(10_000, command(500)), none))).toEqual(new Set(['go-on']));
  });
});

describe('a session', () => {
  const age: SessionAge = {
    nowMs: 1000,
    connectedAt: 0,
    activeAt: 1000,
    isBusy: false,
    isInTransfer: false,
    isContentLost: false,
    isTooSlow: false,
  };
  const limitsOfTime = { idleTimeoutMs: 100, maxSessionMs: 5000 };
  it.each([
    ['goes on while it is active', {}, undefined],
    ['is idle at its time-out', { activeAt: 900 }, 'idle'],
    ['is not idle just before', { activeAt: 901 }, undefined],
    ['is idle in a message too', { activeAt: 900, isInTransfer: true }, 'idle'],
    ['is too old between messages', { connectedAt: -4000 }, 'too-old'],
    ['is not too old just before', { connectedAt: -3999 }, undefined],
    ['is never too old in a message', { connectedAt: -9999, isInTransfer: true }, undefined],
    [
      'is too old in a message that is refused already: it could go on forever',
      { connectedAt: -9999, isInTransfer: true, isContentLost: true },
      'too-old',
    ],
    ['may be too slow in a message', { isInTransfer: true, isTooSlow: true }, 'too-slow'],
    ['is nothing of it while it waits for us', { activeAt: 0, connectedAt: -9999, isBusy: true }, undefined],
  ] as const)('%s', (_title, change, end) => {
    expect(decideEnd({ ...age, ...change }, limitsOfTime)).toBe(end);
  });
});
