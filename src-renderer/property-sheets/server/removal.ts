/** What changed limits on Drop and Badmail would remove as soon as they are in force. */
import type { useClient } from '../../client';
import type { Values } from '../draft';
import { describePreview, type LimitedFolder, limitKeys, limitsOf } from './retention-words';

/** A question to ask first. */
export interface Removal {
  readonly title: string;
  readonly text: string;
}

const folderTitles = { drop: 'Drop', badmail: 'Badmail' } as const;

/** undefined: no limit was changed, or nothing goes now. */
export async function findRemoval(
  client: ReturnType<typeof useClient>,
  serverId: number,
  settings: Values,
  patch: Values,
): Promise<Removal | undefined> {
  const changed = (['drop', 'badmail'] as const).filter((folder) =>
    limitKeys[folder].some((key) => key in patch && patch[key] !== settings[key]),
  );
  const lines = await Promise.all(changed.map((folder) => describeFolder(folder)));
  const found = lines.filter((line) => line !== undefined);
  if (found.length === 0) return undefined;
  return {
    title: 'Remove old messages for good?',
    text: `The changed limits remove, within a few minutes: ${found.join(' ')}`,
  };

  async function describeFolder(folder: LimitedFolder): Promise<string | undefined> {
    const limits = limitsOf(folder, { ...settings, ...patch });
    const preview = await client.messages.previewRetention({ serverId, folder, limits });
    return preview.removed === 0 ? undefined : `From ${folderTitles[folder]} ${describePreview(preview)}`;
  }
}
