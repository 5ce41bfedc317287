/** Words and verbs of DKIM keys. Pure. */
import type { DkimKeyRow, DkimRecordState, Role } from '../../src-main/api/contract';

/** 'waiting': off, and DNS does not have it yet as far as is known. */
export type Standing = 'good' | 'waiting' | 'warning' | 'bad';

export const describeKind = ({ algorithm, bits }: Pick<DkimKeyRow, 'algorithm' | 'bits'>): string =>
  algorithm === 'ed25519-sha256' ? 'Ed25519' : bits === undefined ? 'RSA' : `RSA ${bits}`;

const dnsWords: Readonly<Record<DkimRecordState, string>> = {
  published: 'Right',
  testing: 'Right, for testing',
  missing: 'No record',
  'other-key': 'Another key',
  revoked: 'Revoked',
  invalid: 'Not right',
  several: 'Several records',
  unknown: 'Not known',
};

export const describeDns = ({ lastCheck }: DkimKeyRow): string =>
  lastCheck === undefined ? 'Not checked' : dnsWords[lastCheck.state];

/** What DNS has is what hosts need. */
export const isPublished = ({ lastCheck }: DkimKeyRow): boolean =>
  lastCheck?.state === 'published' || lastCheck?.state === 'testing';

export function describeState(row: DkimKeyRow): string {
  if (row.fault !== undefined) return row.isSigning ? 'Mail waits' : 'Cannot be used';
  if (row.isSigning) return 'Signing';
  return isPublished(row) ? 'Ready to sign' : 'Waiting for DNS';
}

export function standingOf(row: DkimKeyRow): Standing {
  if (row.fault !== undefined) return 'bad';
  if (!row.isSigning) return 'waiting';
  const state = row.lastCheck?.state;
  if (state === undefined || state === 'published') return 'good';
  return state === 'testing' || state === 'unknown' ? 'warning' : 'bad';
}

/** One sentence or two: how it stands, and the next step. */
export function adviceOf(row: DkimKeyRow): string {
  const { fault, isSigning, lastCheck, domain } = row;
  if (fault !== undefined)
    return `${fault} ${isSigning ? `Mail from ${domain} waits. Stop signing with this key, or make another one.` : 'Delete it, and make another one.'}`;
  if (lastCheck === undefined)
    return isSigning
      ? `Mail from ${domain} is signed. Check now asks DNS whether receivers find the record of this key.`
      : 'Put the record of this key into DNS: Show DNS record has it. Then Check now, and Sign mail.';
  const signs = isSigning
    ? ` Mail from ${domain} is signed.`
    : isPublished(row)
      ? ' Mail can be signed now.'
      : '';
  return `${lastCheck.text}${signs}`;
}

export type KeyVerb = 'create' | 'import' | 'record' | 'check' | 'sign' | 'delete';

export interface VerbFacts {
  readonly row: DkimKeyRow | undefined;
  /** Undefined while it is not known. */
  readonly role: Role | undefined;
  readonly isBusy: boolean;
}

/** Why a verb cannot be used now; undefined: it can. */
export function whyNot(verb: KeyVerb, { row, role, isBusy }: VerbFacts): string | undefined {
  const isAdministrator = role === 'administrator';
  if ((verb === 'create' || verb === 'import' || verb === 'sign' || verb === 'delete') && !isAdministrator)
    return 'Only an administrator can change the keys.';
  if (verb === 'check' && !isAdministrator && role !== 'operator')
    return 'Operators and administrators may ask DNS; you are a viewer.';
  if (verb !== 'create' && verb !== 'import' && row === undefined) return 'Select a key first.';
  if (
    row?.fault !== undefined &&
    (verb === 'record' || verb === 'check' || (verb === 'sign' && !row.isSigning))
  )
    return 'The private key cannot be used.';
  return isBusy ? 'Something is being done.' : undefined;
}

/** A selector that the domain does not use yet. */
export function proposeSelector(domain: string, rows: readonly DkimKeyRow[]): string {
  const taken = new Set(
    rows
      .filter((row) => row.domain.toLowerCase() === domain.trim().toLowerCase())
      .map(({ selector }) => selector.toLowerCase()),
  );
  for (let number = 1; ; number++) {
    const selector = number === 1 ? 'mailroot' : `mailroot${number}`;
    if (!taken.has(selector)) return selector;
  }
}

/** The part of a record's name before the domain, which some providers want alone. */
export const shortNameOf = ({ selector }: Pick<DkimKeyRow, 'selector'>): string =>
  `${selector}._domainkey`.toLowerCase();
