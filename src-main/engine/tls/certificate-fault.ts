/** Why a certificate or a handshake is not what was asked for, in words for people who know neither. Pure. */
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import type { TlsVersion } from '../../settings/schema';

const mostNames = 3;

const dayOf = (text: string): string => {
  const at = new Date(text);
  return Number.isNaN(at.getTime())
    ? text
    : at.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
};

const clean = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').slice(0, 200);

/** "mx.example.com, *.example.com and 3 more" */
function namesOf({ subjectaltname = '' }: PeerCertificate): string {
  const names = subjectaltname
    .split(', ')
    .map((entry) => clean(entry.replace(/^(?:DNS|IP Address):/, '')))
    .filter((name) => name !== '');
  const others = names.length - mostNames;
  return `${names.slice(0, mostNames).join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
}

const issuerOf = ({ issuer }: PeerCertificate): string => {
  const name = issuer?.CN ?? issuer?.O;
  return typeof name === 'string' && name !== '' ? ` (${clean(name)})` : '';
};

type Describe = (certificate: PeerCertificate, host: string) => string;

const untrusted: Describe = (certificate) =>
  `it comes from an authority that this computer does not trust${issuerOf(certificate)}, or the host leaves out the certificates in between`;
const selfSigned: Describe = () => 'it is self-signed, so nobody vouches for it';

const faults: Readonly<Record<string, Describe>> = {
  CERT_HAS_EXPIRED: ({ valid_to }) => `it expired on ${dayOf(valid_to)}`,
  CERT_NOT_YET_VALID: ({ valid_from }) => `it is not valid before ${dayOf(valid_from)}`,
  ERR_TLS_CERT_ALTNAME_INVALID: (certificate, host) =>
    certificate.subjectaltname === undefined
      ? `it names no host, so it cannot be for ${host}`
      : `it is for ${namesOf(certificate)}, not for ${host}`,
  DEPTH_ZERO_SELF_SIGNED_CERT: selfSigned,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  CERT_UNTRUSTED: untrusted,
  CERT_REVOKED: () => 'it was revoked',
  INVALID_PURPOSE: () => 'it is not one for servers',
};

/**
 * What is wrong with a host's certificate; it completes "its certificate is not valid: ...".
 *
 * @param code as Node says it ("CERT_HAS_EXPIRED")
 */
export function describeCertificateFault(code: string, certificate: PeerCertificate, host: string): string {
  // A host without a certificate leaves an empty object.
  if (Object.keys(certificate).length === 0) return 'the host showed none';
  return faults[code]?.(certificate, host) ?? `it did not pass the check (${clean(code)})`;
}

/** As Node's, but a name counts only where names belong (RFC 9525 section 2): the common name may be anything. */
export function checkHostName(host: string, certificate: PeerCertificate): Error | undefined {
  // Node falls back on the common name where the names are none of hosts (an address, a mailbox).
  if (certificate.subjectaltname !== undefined)
    return checkServerIdentity(host, { ...certificate, subject: { ...certificate.subject, CN: '' } });
  return Object.assign(new Error('the certificate names no host'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
}

const isVersionFault = (code: string): boolean =>
  /^ERR_SSL_(?:UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|WRONG_SSL_VERSION|TLSV1_ALERT_PROTOCOL_VERSION|INAPPROPRIATE_FALLBACK)$/.test(
    code,
  );

/** Why a handshake failed; undefined where there are no better words than the library's. */
export function describeHandshakeFault(
  code: string,
  facts: { readonly minimum: TlsVersion; readonly isImplicit: boolean },
): string | undefined {
  if (isVersionFault(code))
    return `it has no version of TLS from ${facts.minimum.replace('TLSv', '')} on, the lowest that is used`;
  if (/^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)$/.test(code))
    return facts.isImplicit
      ? 'it does not begin with TLS on this port; it may want STARTTLS'
      : 'what it answered is not TLS';
  if (/^ERR_SSL_(?:SSLV3_ALERT_HANDSHAKE_FAILURE|NO_SHARED_CIPHER|INSUFFICIENT_SECURITY)$/.test(code))
    return 'it has no encryption in common with this computer';
  if (/^ERR_SSL_(?:DH_KEY_TOO_SMALL|EE_KEY_TOO_SMALL|CA_MD_TOO_WEAK|CA_KEY_TOO_SMALL)$/.test(code))
    return 'its key or certificate is too weak';
  return undefined;
}
