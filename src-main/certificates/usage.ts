/** Where the settings of a virtual server name certificates. Pure. */
import { formatBinding, type ServerSettings } from '../settings/schema';

export type CertificateSettings = Pick<ServerSettings, 'certificate' | 'furtherCertificates' | 'bindings'>;

export interface NamedCertificate {
  readonly id: string;
  readonly role: 'server' | 'binding' | 'further';
  /** "192.0.2.1:465" of a binding. */
  readonly place?: string;
}

/** Each as often as it is named. */
export function certificatesOf(server: CertificateSettings): NamedCertificate[] {
  const { certificate, furtherCertificates, bindings } = server;
  return [
    ...(certificate === '' ? [] : [{ id: certificate, role: 'server' as const }]),
    ...bindings.flatMap((binding) =>
      binding.certificate === ''
        ? []
        : [{ id: binding.certificate, role: 'binding' as const, place: formatBinding(binding) }],
    ),
    ...furtherCertificates.map((id) => ({ id, role: 'further' as const })),
  ];
}

export const usesCertificate = (server: CertificateSettings, id: string): boolean =>
  certificatesOf(server).some((named) => named.id === id);
