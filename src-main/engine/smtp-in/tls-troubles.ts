/** What keeps clients from encrypting as the settings say, in words that say what to do. Pure. */
import type { X509Certificate } from 'node:crypto';
import { type Binding, formatBinding, type ServerSettings } from '../../settings/schema';
import type { TlsCredentials } from '../core/keyring';
import { isOldVersion, type OldTlsSupport } from '../tls/old-versions';

/** A certificate that the settings name, as it was found. */
export type KnownCertificate =
  | { readonly state: 'usable'; readonly credentials: TlsCredentials; readonly certificate: X509Certificate }
  | { readonly state: 'missing' }
  | { readonly state: 'unusable'; readonly reason: string };

export interface TlsTrouble {
  /** The same for the same trouble at the same place. */
  readonly key: string;
  readonly code: 'certificate-unusable' | 'old-tls-unavailable';
  readonly text: string;
}

/** Everything that is wrong now; `lookUp` says what is known of a certificate by its number. */
export function findTlsTroubles(facts: {
  readonly settings: ServerSettings;
  readonly bindings: readonly Binding[];
  readonly lookUp: (id: string) => KnownCertificate;
  readonly support: () => OldTlsSupport;
}): TlsTrouble[] {
  const { settings, bindings, lookUp, support } = facts;
  const { name, certificate, furtherCertificates, requiresTls } = settings;
  const troubles: TlsTrouble[] = [];
  const certificateTrouble = (key: string, text: string): void =>
    void troubles.push({ key, code: 'certificate-unusable', text });
  const faultOf = (id: string): string | undefined => {
    const found = lookUp(id);
    if (found.state === 'usable') return undefined;
    return found.state === 'missing'
      ? 'is missing or its key cannot be read'
      : `cannot be used (${found.reason})`;
  };
  const consequence = requiresTls
    ? 'A secure channel is required, so no mail is taken'
    : 'Encryption is not offered';

  const lacksCertificate = (binding: Binding): boolean =>
    binding.encryption !== 'none' && binding.certificate === '' && certificate === '';
  const isWithoutAny = requiresTls && certificate === '' && bindings.every(lacksCertificate);
  if (certificate !== '') {
    const fault = faultOf(certificate);
    if (fault !== undefined)
      certificateTrouble(
        `server ${certificate}`,
        `The certificate of ${name} ${fault}. ${consequence}; assign another certificate.`,
      );
  } else if (isWithoutAny)
    certificateTrouble(
      'none',
      `${name} requires a secure channel but has no certificate, so no mail is taken. Assign a certificate.`,
    );
  for (const binding of bindings) {
    const place = formatBinding(binding);
    const isImplicit = binding.encryption === 'implicit';
    if (lacksCertificate(binding) && !isWithoutAny && (isImplicit || requiresTls)) {
      const effect = isImplicit ? 'nobody can connect' : 'no mail is taken';
      certificateTrouble(
        `none ${place}`,
        `${name} has no certificate for ${place}, so ${effect} there. Assign a certificate.`,
      );
    }
    if (binding.encryption === 'none' || binding.certificate === '') continue;
    const fault = faultOf(binding.certificate);
    const what = isImplicit ? 'Nobody can connect there' : `${consequence} there`;
    if (fault !== undefined)
      certificateTrouble(
        `${place} ${binding.certificate}`,
        `The certificate of ${name} for ${place} ${fault}. ${what}; assign another certificate.`,
      );
  }
  for (const id of furtherCertificates) {
    const fault = faultOf(id);
    if (fault !== undefined)
      certificateTrouble(
        `further ${id}`,
        `A further certificate of ${name} ${fault}. Clients that ask for its names get another one; choose the further certificates anew.`,
      );
  }
  const wantsOld =
    settings.oldTlsList.length > 0 ||
    [settings.minimumTls, ...bindings.map(({ minimumTls }) => minimumTls)].some(
      (version) => version !== '' && isOldVersion(version),
    );
  if (wantsOld && support() === 'none')
    troubles.push({
      key: 'old-tls',
      code: 'old-tls-unavailable',
      text: `${name} is to speak TLS 1.0 or 1.1 with old devices, but this program cannot. Run Mailroot as a service (mailroot serve) for such devices.`,
    });
  return troubles;
}
