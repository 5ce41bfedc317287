/**
 * How a setting is declared: a zod schema that carries its title, text, old IIS name, unit and whether a
 * change works at once or after a restart of the virtual server. Forms, documentation, validation, command
 * line and API read these facts from here and nowhere else.
 */
import type { z } from 'zod';

export interface EntryFacts {
  /** Label in the console; the IIS label where there was one. */
  readonly title: string;
  /** One or two sentences for people. */
  readonly text: string;
  /** Metabase property name of the original. */
  readonly iis?: string;
  readonly unit?: string;
  /** When a change takes effect. */
  readonly applies: 'live' | 'restart';
}

/** Attaches the facts; they appear in the JSON schema as title, description, x-iis, x-unit, x-applies. */
export function entry<T extends z.ZodType>(schema: T, facts: EntryFacts): T {
  return schema.meta({
    title: facts.title,
    description: facts.text,
    'x-applies': facts.applies,
    ...(facts.iis === undefined ? {} : { 'x-iis': facts.iis }),
    ...(facts.unit === undefined ? {} : { 'x-unit': facts.unit }),
  }) as T;
}
