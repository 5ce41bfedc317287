/** Values as they stand in a field, and back. Pure but for the one hook. */
import { useState } from 'react';

/** What cannot be a number stays text, so that the field can say so; a negative one is, and too small. Comma and point both divide. */
export function parseNumber(text: string): number | string {
  const trimmed = text.trim().replace(',', '.');
  return /^-?(?:\d+(?:\.\d*)?|\.\d+)$/.test(trimmed) ? Number(trimmed) : text;
}

/** One entry a line; empty lines mean nothing. */
export const parseLines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** "/etc/krb5.keytab" is the file "krb5.keytab" in the folder "/etc"; a folder keeps its end where it is a root. */
export function splitPath(path: string): { readonly folder: string; readonly file: string } {
  const at = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  const isRoot = at === 0 || path[at - 1] === ':';
  return { folder: path.slice(0, isRoot ? at + 1 : Math.max(at, 0)), file: path.slice(at + 1) };
}

export function joinPath(folder: string, file: string): string {
  if (/[\\/]$/.test(folder)) return folder + file;
  return `${folder}${folder.includes('\\') ? '\\' : '/'}${file}`;
}

export const spanUnits = [
  { name: 'Minutes', minutes: 1 },
  { name: 'Hours', minutes: 60 },
  { name: 'Days', minutes: 1440 },
] as const;

/** The largest unit in which the span is a whole number. */
export function unitOf(minutes: unknown): (typeof spanUnits)[number] {
  const whole = typeof minutes === 'number' && minutes > 0 ? minutes : 1;
  return spanUnits.findLast((unit) => whole % unit.minutes === 0) ?? spanUnits[0];
}

export interface TextForm<Value> {
  readonly parse: (text: string) => Value;
  readonly format: (value: Value) => string;
  readonly isSame: (one: Value, other: Value) => boolean;
}

/**
 * Text as the person typed it ("1." on the way to "1.5") while it means the value; the value written anew as
 * soon as it was changed by something else.
 */
export function useFieldText<Value>(value: Value, form: TextForm<Value>): [string, (text: string) => void] {
  const [typed, setTyped] = useState<string>();
  const shown = typed !== undefined && form.isSame(form.parse(typed), value) ? typed : form.format(value);
  return [shown, setTyped];
}
