/** The fields of the dialog "Computer", and the entry that they mean. Pure. */
import {
  type AccessEntry as Entry,
  formatIp,
  formatMask,
  readComputer,
  readDomain,
  readEntry,
  readSubnet,
} from '../../../src-main/api/contract';

export interface EntryDraft {
  readonly kind: Entry['kind'];
  readonly address: string;
  readonly subnet: string;
  readonly mask: string;
  /** The mask was not typed, but taken from behind the address. */
  readonly isMaskTaken: boolean;
  readonly domain: string;
}

const nothing: EntryDraft = {
  kind: 'computer',
  address: '',
  subnet: '',
  mask: '',
  isMaskTaken: false,
  domain: '',
};

/** What cannot be read is shown as an address, for the field to say so. */
export function draftOf(text: string | undefined): EntryDraft {
  if (text === undefined) return nothing;
  const reading = readEntry(text);
  if (!('entry' in reading)) return { ...nothing, address: text };
  const { entry } = reading;
  if (entry.kind === 'domain') return { ...nothing, kind: 'domain', domain: entry.text };
  if (entry.kind === 'computer') return { ...nothing, address: entry.text };
  const { family, first, prefix } = entry;
  return {
    ...nothing,
    kind: 'subnet',
    subnet: formatIp({ family, value: first }),
    mask: formatMask(family, prefix),
  };
}

/** "10.0.4.0/24" typed or pasted into the address fills the mask too; the address stays as typed until it is left. */
export function withSubnetAddress(draft: EntryDraft, typed: string): EntryDraft {
  const [, mask, ...rest] = typed.split('/');
  return mask === undefined || mask === '' || rest.length > 0
    ? { ...draft, subnet: typed }
    : { ...draft, subnet: typed, mask: `/${mask}`, isMaskTaken: true };
}

/** What stands behind the slash of the address stands in the mask by now. */
export function withoutSubnetMask(draft: EntryDraft): EntryDraft {
  const [subnet = '', , ...rest] = draft.subnet.split('/');
  return rest.length > 0 ? draft : { ...draft, subnet: subnet.trim() };
}

export type DraftReading =
  | { readonly entry: Entry; readonly note?: string }
  | { readonly field: 'address' | 'subnet' | 'mask' | 'domain'; readonly reason: string };

export function readDraft(draft: EntryDraft): DraftReading {
  if (draft.kind === 'subnet') {
    const { subnet, mask } = withoutSubnetMask(draft);
    const reading = readSubnet(subnet, mask);
    if ('entry' in reading) return reading;
    return { field: reading.field === 'mask' ? 'mask' : 'subnet', reason: reading.reason };
  }
  const reading = draft.kind === 'computer' ? readComputer(draft.address) : readDomain(draft.domain);
  if ('entry' in reading) return reading;
  return { field: draft.kind === 'computer' ? 'address' : 'domain', reason: reading.reason };
}

export const isSameDraft = (one: EntryDraft, other: EntryDraft): boolean =>
  JSON.stringify(one) === JSON.stringify(other);
