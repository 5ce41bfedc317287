/** A whole settings document from outside, into a settings file that no engine uses at the moment. */
import { Problem, reasonOf } from '../engine/core/problem';
import { readSettingsDocument, type Settings } from '../settings/schema';
import type { SecretBox } from '../settings/secret-box';
import { sealSecrets } from '../settings/secrets';
import { findDocumentFaults, type SettingsFile } from '../settings/store';

/** Throws Problem 'invalid' with the source's name. */
export function parseDocument(text: string, source: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new Problem('invalid', `${source} is not JSON: ${reasonOf(error)}`, undefined, { cause: error });
  }
}

/**
 * Writes the document with all defaults filled in and its secrets sealed. Throws Problem 'invalid' with field and
 * reason; then nothing is written.
 */
export function importSettings(file: SettingsFile, document: unknown, box: SecretBox): void {
  const [fault] = findDocumentFaults(document);
  if (fault) throw new Problem('invalid', fault.reason, fault.field);
  file.write(sealSecrets(readSettingsDocument(document).data as Settings, readSettings(file), box));
}

/** What the file holds now; a broken or missing one holds no secrets to keep. */
function readSettings(file: SettingsFile): Settings {
  const nothing: Settings = { version: 1, servers: [] };
  try {
    return readSettingsDocument(file.read()).data ?? nothing;
  } catch {
    return nothing;
  }
}
