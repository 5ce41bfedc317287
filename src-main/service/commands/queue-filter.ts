/** The options that choose waiting mail by what it has in common. */
import { type QueueFilter, queueStates } from '../../api/contract';
import { Problem } from '../../engine/core/problem';
import type { CommandOption, OptionValues } from '../command';

export const filterOptions: readonly CommandOption[] = [
  { flags: '--destination <part>', text: 'a part of the destination as lists name it' },
  { flags: '--sender <part>', text: "a part of the sender, or '<>' for the null reverse-path" },
  { flags: '--recipient <part>', text: 'a part of a recipient' },
  { flags: '--error <part>', text: 'a part of the last answer' },
  { flags: '--state <state>', text: 'how it waits', choices: queueStates },
  { flags: '--older <age>', text: 'has waited so long at least: 30m, 4h, 2d' },
  { flags: '--newer <age>', text: 'has waited so long at most: 30m, 4h, 2d' },
];

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function readAge(options: OptionValues, name: string): number | undefined {
  const text = options.text(name);
  if (text === undefined) return undefined;
  const match = /^(\d{1,7})([smhd])$/.exec(text);
  const unit = unitMs[match?.[2] ?? ''];
  if (!match || unit === undefined)
    throw new Problem('invalid', 'Enter a number and its unit, such as 30m, 4h or 2d.', `--${name}`);
  return Number(match[1]) * unit;
}

/** Throws Problem 'invalid' naming the option. */
export function readFilter(options: OptionValues): QueueFilter {
  const state = queueStates.find((each) => each === options.text('state'));
  const texts = (['destination', 'sender', 'recipient', 'error'] as const).flatMap((name) => {
    const part = options.text(name);
    return part === undefined ? [] : [[name, part] as const];
  });
  const [minAgeMs, maxAgeMs] = [readAge(options, 'older'), readAge(options, 'newer')];
  return {
    ...Object.fromEntries(texts),
    ...(state && { state }),
    ...(minAgeMs !== undefined && { minAgeMs }),
    ...(maxAgeMs !== undefined && { maxAgeMs }),
  };
}

export const hasFilter = (filter: QueueFilter): boolean => Object.keys(filter).length > 0;
