/** What the schema says about a setting: label, help, unit, default. Pure. */
import type { z } from 'zod';

export interface SettingFacts {
  readonly title: string;
  readonly text: string;
  readonly unit: string | undefined;
  readonly needsRestart: boolean;
  /** undefined: the setting has no default. */
  readonly defaultValue: unknown;
}

export type Shape = Readonly<Record<string, z.ZodType>>;

const maxShownLength = 60;

/** "4096 KB", "off", "10.0.4.0/24, ::1": a value in the few words that a sentence has room for. */
export function describeValue(value: unknown, unit: string | undefined): string {
  if (value === null) return 'no limit';
  if (value === '') return 'empty';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number') return unit === undefined ? `${value}` : `${value} ${unit}`;
  if (Array.isArray(value)) {
    const isPlain = value.every((each) => typeof each === 'string' || typeof each === 'number');
    const text = value.join(', ');
    if (value.length === 0) return 'empty';
    return isPlain && text.length <= maxShownLength
      ? text
      : `${value.length} ${value.length === 1 ? 'entry' : 'entries'}`;
  }
  if (typeof value !== 'string') return 'changed';
  return value.length <= maxShownLength ? value : `${value.slice(0, maxShownLength)}…`;
}

export function readFacts(shape: Shape, key: string): SettingFacts {
  const schema = shape[key];
  const meta = schema?.meta() ?? {};
  const unit = meta['x-unit'];
  return {
    title: meta.title ?? key,
    text: meta.description ?? '',
    unit: typeof unit === 'string' ? unit : undefined,
    needsRestart: meta['x-applies'] === 'restart',
    defaultValue: schema?.safeParse(undefined).data,
  };
}
