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
