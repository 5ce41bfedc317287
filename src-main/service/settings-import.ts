/** A whole settings document from outside, into a settings file that no engine uses at the moment. */
import { Problem, reasonOf } from '../engine/core/problem';
import { settingsDocument } from '../settings/schema';
import { findDocumentFaults, type SettingsFile } from '../settings/store';

/** Throws Problem 'invalid' with the source's name. */
export function parseDocument(text: string, source: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new Problem('invalid', `${source} is not JSON: ${reasonOf(error)}`, undefined, { cause: error });
  }
}

/** Writes the document with all defaults filled in. Throws Problem 'invalid' with field and reason; then nothing is written. */
export function importSettings(file: SettingsFile, document: unknown): void {
  const [fault] = findDocumentFaults(document);
  if (fault) throw new Problem('invalid', fault.reason, fault.field);
  file.write(settingsDocument.parse(document));
}
