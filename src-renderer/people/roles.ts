/** What a role may do, in the words that the console shows. Pure. */
import type { Role } from '../../src-main/api/contract';

export const roleWords: Record<Role, { readonly title: string; readonly text: string }> = {
  viewer: { title: 'Viewer', text: 'Sees everything, changes nothing.' },
  operator: {
    title: 'Operator',
    text: 'Runs it as well: starts and stops virtual servers, retries and deletes mail.',
  },
  administrator: { title: 'Administrator', text: 'Changes settings, accounts and operators as well.' },
};
