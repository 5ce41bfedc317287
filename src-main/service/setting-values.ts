/**
 * "key=value" of the command line as values of the settings schema. Pure.
 *
 * A value may be JSON or a bare word; which of its possible readings is meant follows from the setting's
 * schema: the first reading that the schema accepts; words that are chosen from a few may be in any case. `limit=` clears a limit, `list=a,b` makes a list,
 * `bindings=127.0.0.1:25,:465/implicit` makes identities.
 */
import type { z } from 'zod';
import { Problem } from '../engine/core/problem';
import { describeIssue } from '../settings/store';

type Shape = Readonly<Record<string, z.ZodType>>;

/** The patch that `words` ask for. Throws Problem 'invalid' with the setting's name as field. */
export function parsePatch(words: readonly string[], shape: Shape): Record<string, unknown> {
  const patch: Record<string, unknown> = {};
  for (const word of words) {
    const at = word.indexOf('=');
    if (at < 1) throw new Problem('invalid', `"${word}" is not of the form setting=value.`);
    const key = word.slice(0, at);
    const schema = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (!schema)
      throw new Problem('invalid', `There is no such setting.${suggest(key, Object.keys(shape))}`, key);
    if (Object.hasOwn(patch, key)) throw new Problem('invalid', 'This setting is given twice.', key);
    patch[key] = parseValue(key, word.slice(at + 1), schema);
  }
  return patch;
}

function parseValue(key: string, text: string, schema: z.ZodType): unknown {
  const readings = readingsOf(text);
  const accepted = [...readings, ...readings.map((reading) => asSpelled(reading, schema))].find(
    (reading) => reading !== undefined && schema.safeParse(reading).success,
  );
  if (accepted !== undefined) return accepted;
  // The reading of the right kind has the fault worth telling: "At most 9999", not "expected number".
  const faults = readings.flatMap((reading) => {
    const issue = schema.safeParse(reading).error?.issues[0];
    return issue === undefined ? [] : [{ reading, issue }];
  });
  const fault = faults.find(({ issue }) => issue.code !== 'invalid_type') ?? faults[0];
  if (fault === undefined) throw new Problem('invalid', 'This value is not allowed.', key);
  const isPlainList = key === 'bindings' && faults.every(({ issue }) => issue.code === 'invalid_type');
  if (isPlainList) throw new Problem('invalid', 'Enter an address and a port, such as 127.0.0.1:25.', key);
  throw new Problem('invalid', describeFault(fault, text), key);
}

/** A fault within a list names the entry: of many, nobody sees which one is meant. */
function describeFault({ reading, issue }: Fault, text: string): string {
  const reason = describeIssue(issue);
  const [at] = issue.path;
  if (!Array.isArray(reading) || typeof at !== 'number') return reason;
  const entry: unknown = parseJson(text) === undefined ? text.split(',')[at]?.trim() : reading[at];
  return typeof entry === 'string' ? `"${entry}": ${reason}` : reason;
}

interface Fault {
  readonly reading: unknown;
  readonly issue: z.core.$ZodIssue;
}

/** The reading with words out of a few spelled as the schema does; undefined where that changes nothing. */
function asSpelled(reading: unknown, schema: z.ZodType): unknown {
  const spell = (word: unknown, values: readonly unknown[]): unknown =>
    values.find((value) => String(value).toLowerCase() === String(word).toLowerCase()) ?? word;
  let spelled: unknown;
  for (const issue of schema.safeParse(reading).error?.issues ?? []) {
    if (issue.code !== 'invalid_value') continue;
    const [at] = issue.path;
    if (at === undefined) spelled = spell(reading, issue.values);
    else if (Array.isArray(reading) && typeof at === 'number') {
      const list: unknown[] = Array.isArray(spelled) ? spelled : [...reading];
      list[at] = spell(list[at], issue.values);
      spelled = list;
    }
  }
  return spelled;
}

const words: Readonly<Record<string, unknown>> = {
  yes: true,
  on: true,
  no: false,
  off: false,
  none: null,
  '': null,
};

/** What a text may mean, the likeliest first; no reading is undefined. */
function readingsOf(text: string): unknown[] {
  const json = parseJson(text);
  const isQuoted = /^["[{]/.test(text.trim());
  const readings: unknown[] = isQuoted && json !== undefined ? [json, text] : [text];
  if (!isQuoted && json !== undefined) readings.push(json);
  const word = words[text.toLowerCase()];
  if (word !== undefined) readings.push(word);
  const parts = text.split(',').map((part) => part.trim());
  if (text.trim() === '') readings.push([]);
  else readings.push(parts, parts.map(parseBinding));
  return readings;
}

/** "127.0.0.1:25", "[::1]:25", ":25" or "25", with "/implicit" or "/none" for another encryption; anything else is left for the schema to refuse. */
export function parseBinding(text: string): unknown {
  const match = /^(?:(?:\[([^\]]*)\]|([^:\s]*)):)?(\d{1,5})(?:\/([a-z]+))?$/.exec(text);
  if (!match) return text;
  const encryption = match[4] === undefined ? {} : { encryption: match[4] };
  return { address: match[1] ?? match[2] ?? '', port: Number(match[3]), ...encryption };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function suggest(key: string, names: readonly string[]): string {
  const wanted = key.toLowerCase();
  const near = names.find((name) => {
    const lower = name.toLowerCase();
    return lower === wanted || lower.includes(wanted) || wanted.includes(lower);
  });
  return near === undefined ? '' : ` Did you mean ${near}?`;
}
