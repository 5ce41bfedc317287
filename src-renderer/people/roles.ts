/** What a role may do, in the words that the console shows. Pure. */
import type { Role } from '../../src-main/api/contract';

export const roleWords: Record<Role, { readonly title: string; readonly text: string }> = {
  viewer: {
    title: 'Viewer',
    text: 'Sees virtual servers, domains, sessions, mail and settings; not accounts, operators and the record of changes.',
  },
  operator: {
    title: 'Operator',
    text: 'Sees accounts and the record of changes as well; starts and stops virtual servers, retries and deletes mail.',
  },
  administrator: {
    title: 'Administrator',
    text: 'Sees operators as well; changes settings, accounts and operators.',
  },
};
