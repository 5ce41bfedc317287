/** What the person has entered for a new virtual server, and what is wrong with it as far as one can see here. Pure. */
import { type Binding, binding, folderPath, localDomain, serverName } from '../../../src-main/api/contract';

export interface ServerDraft {
  readonly name: string;
  /** '' is "(All Unassigned)". */
  readonly address: string;
  /** As typed. */
  readonly port: string;
  readonly homeDirectory: string;
  readonly defaultDomain: string;
}

export const draftFields = ['name', 'address', 'port', 'homeDirectory', 'defaultDomain'] as const;
export type DraftField = (typeof draftFields)[number];
export type DraftFaults = Partial<Record<DraftField, string>>;

/** What the wizard does not ask for. */
const plainBinding = binding.parse({});

/** What is in the fields; NaN where the port is no number. */
export const bindingOf = (draft: ServerDraft): Binding => ({
  ...plainBinding,
  address: draft.address,
  port: /^\d{1,5}$/.test(draft.port.trim()) ? Number(draft.port) : Number.NaN,
});

export function findDraftFaults(draft: ServerDraft): DraftFaults {
  const { address, port } = bindingOf(draft);
  const checks: Record<DraftField, string | undefined> = {
    name: reasonFrom(serverName.safeParse(draft.name)),
    address: reasonFrom(binding.shape.address.safeParse(address)),
    port: Number.isNaN(port) ? 'A port is 1 to 65535.' : reasonFrom(binding.shape.port.safeParse(port)),
    homeDirectory: reasonFrom(folderPath.safeParse(draft.homeDirectory.trim())),
    defaultDomain: reasonFrom(localDomain.shape.name.safeParse(draft.defaultDomain.trim())),
  };
  return Object.fromEntries(Object.entries(checks).filter(([, reason]) => reason !== undefined));
}

interface Parsed {
  readonly error?: { readonly issues: readonly { readonly message: string }[] } | undefined;
}

const reasonFrom = (parsed: Parsed): string | undefined => parsed.error?.issues[0]?.message;

/** The field of this form that a field of the contract belongs to. */
export function draftFieldOf(path: string): DraftField | undefined {
  // That a pair is taken is told at the wide field.
  if (path.startsWith('bindings')) return path.endsWith('port') ? 'port' : 'address';
  if (path.startsWith('domains')) return 'defaultDomain';
  return draftFields.find((field) => field === path);
}

export const pageIds = ['name', 'address', 'home', 'domain', 'finish'] as const;
export type PageId = (typeof pageIds)[number];

export const pageOf: Record<DraftField, PageId> = {
  name: 'name',
  address: 'address',
  port: 'address',
  homeDirectory: 'home',
  defaultDomain: 'domain',
};
