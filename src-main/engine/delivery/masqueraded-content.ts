/** A message's content as it goes out under the masquerade domain; what lies on the disk stays as it was. */
import type { ContentSource } from '../core/content';
import { changeHeader } from './header-edit';
import { type Masquerade, masqueradeHeader } from './masquerade';

export const masqueradeContent = (content: ContentSource, masquerade: Masquerade): Promise<ContentSource> =>
  changeHeader(content, (block) => masqueradeHeader(block, masquerade));
