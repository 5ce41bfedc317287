/**
 * What a sheet has changed so far, over the settings in force. Pure: values go in and out, the sheet keeps
 * them. Only what was touched is held, so that a change made elsewhere shows in every untouched field.
 */
import type { z } from 'zod';

export type Values = Readonly<Record<string, unknown>>;
/** Reason by path ("maxSessionKb", "bindings.1.port"). */
export type Faults = ReadonlyMap<string, string>;

/** Rules that one field's schema cannot know. */
export type CrossCheck = (values: Values) => readonly { readonly path: string; readonly reason: string }[];

export interface Judge {
  readonly schema: z.ZodType;
  readonly crossCheck?: CrossCheck;
}

export const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** Setting a field back to what is in force is no change. */
export function withChange(base: Values, changes: Values, key: string, value: unknown): Values {
  const { [key]: _, ...others } = changes;
  return isSame(base[key], value) ? others : { ...others, [key]: value };
}

/** What is really different from the settings in force, ready to be sent. */
export function patchOf(base: Values, changes: Values): Values {
  return Object.fromEntries(Object.entries(changes).filter(([key, value]) => !isSame(base[key], value)));
}

export function findDraftFaults(values: Values, { schema, crossCheck }: Judge): Faults {
  const faults = new Map<string, string>();
  const add = (path: string, reason: string): void => {
    if (!faults.has(path)) faults.set(path, reason);
  };
  const parsed = schema.safeParse(values);
  for (const issue of parsed.error?.issues ?? []) {
    // A field keeps what cannot be a number as text; the schema would only name the types.
    const isType = issue.code === 'invalid_type';
    add(issue.path.join('.'), isType ? 'Enter a number.' : issue.message);
  }
  // Rules between fields mean something only when each field for itself is right.
  if (parsed.success && crossCheck) for (const { path, reason } of crossCheck(values)) add(path, reason);
  return faults;
}

/** The setting that a path belongs to. */
export const keyOfPath = (path: string): string => path.split('.')[0] ?? path;

export interface ForeignChange {
  readonly key: string;
  /** The person has changed the same setting here. */
  readonly isConflict: boolean;
}

/** What was changed elsewhere since the sheet was opened or last applied. */
export function findForeignChanges(opened: Values, base: Values, changes: Values): ForeignChange[] {
  return Object.keys(base)
    .filter((key) => !isSame(opened[key], base[key]))
    .map((key) => ({ key, isConflict: key in changes && !isSame(base[key], changes[key]) }));
}

/** "2 changes, applied without restart" */
export function describeChanges(patch: Values, needsRestart: (key: string) => boolean): string {
  const keys = Object.keys(patch);
  if (keys.length === 0) return 'No changes';
  const count = `${keys.length} ${keys.length === 1 ? 'change' : 'changes'}`;
  const waiting = keys.filter(needsRestart).length;
  if (waiting === 0) return `${count}, applied without restart`;
  return waiting === keys.length
    ? `${count}, in force after a restart`
    : `${count}, ${waiting} of them in force after a restart`;
}
