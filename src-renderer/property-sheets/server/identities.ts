/** The list of identities being edited. Pure. */
import { type Binding, binding, type CertificateRow, formatBinding } from '../../../src-main/api/contract';
import { certificateName } from '../certificate-words';
import { lowestTlsWords } from './tls-words';

export const addPair = (pairs: readonly Binding[], pair: Binding): Binding[] => [...pairs, pair];

export const replacePair = (pairs: readonly Binding[], at: number, pair: Binding): Binding[] =>
  pairs.map((each, index) => (index === at ? pair : each));

export const removePair = (pairs: readonly Binding[], at: number): Binding[] =>
  pairs.filter((_, index) => index !== at);

export interface PairFault {
  readonly field: keyof Binding;
  readonly reason: string;
}

export interface PairSurroundings {
  readonly others: readonly Binding[];
  /** Of the virtual server; '' is none. */
  readonly serverCertificate: string;
}

/** undefined: the pair can be taken. What other virtual servers use is found out when the sheet is applied. */
export function findPairFault(
  pair: Binding,
  { others, serverCertificate }: PairSurroundings,
): PairFault | undefined {
  const [issue] = binding.safeParse(pair).error?.issues ?? [];
  if (issue !== undefined) {
    const field = issue.path[0] === undefined ? 'address' : (issue.path[0] as keyof Binding);
    return { field, reason: issue.code === 'invalid_type' ? 'A port is 1 to 65535.' : issue.message };
  }
  if (others.some((other) => other.address === pair.address && other.port === pair.port))
    return { field: 'port', reason: `${formatBinding(pair)} is listed already.` };
  if (pair.encryption === 'implicit' && pair.certificate === '' && serverCertificate === '')
    return { field: 'encryption', reason: 'Implicit TLS needs a certificate. Choose one below.' };
  return undefined;
}

const smtpPort = 25;
const implicitPort = 465;

export interface PairHint {
  readonly text: string;
  readonly remedies: readonly { readonly label: string; readonly change: Partial<Binding> }[];
}

/** What clients expect of a port, where the identity does otherwise. Nothing is wrong with that. */
export function findPairHint({ port, encryption }: Binding): PairHint | undefined {
  const toStandardPort = (next: number) => ({ label: `Use port ${next}`, change: { port: next } });
  if (encryption === 'implicit' && port === smtpPort)
    return {
      text: `Clients expect implicit TLS on port ${implicitPort}; on port ${smtpPort} they begin in clear.`,
      remedies: [toStandardPort(implicitPort)],
    };
  if (encryption !== 'implicit' && port === implicitPort)
    return {
      text: `Clients expect implicit TLS on port ${implicitPort}.`,
      remedies: [{ label: 'Use implicit TLS', change: { encryption: 'implicit' } }, toStandardPort(smtpPort)],
    };
  return undefined;
}

const encryptionWords: Record<Binding['encryption'], string> = {
  starttls: 'STARTTLS',
  implicit: 'Implicit TLS',
  none: 'None',
};

export const encryptionWord = ({ encryption }: Binding): string => encryptionWords[encryption];

export const encryptionChoices = (['starttls', 'implicit', 'none'] as const).map((value) => ({
  value,
  label: encryptionWords[value],
}));

/** "STARTTLS, TLS 1.3 only" */
export function describeEncryption(pair: Binding): string {
  if (pair.encryption === 'none' || pair.minimumTls === '') return encryptionWord(pair);
  return `${encryptionWord(pair)}, ${lowestTlsWords(pair.minimumTls)}`;
}

/** What the identity shows to clients, in the list. */
export function describeCertificate(pair: Binding, rows: readonly CertificateRow[] | undefined): string {
  if (pair.encryption === 'none') return '';
  return pair.certificate === '' ? "The virtual server's" : certificateName(pair.certificate, rows);
}
