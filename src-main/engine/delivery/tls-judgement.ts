/** How a connection is encrypted, and what its certificate is worth. */
import type { TLSSocket } from 'node:tls';
import type { TlsFacts } from '../core/tls-facts';
import { describeCertificateFault } from '../tls/certificate-fault';

/**
 * After the handshake of a connection of ours. Every certificate is judged, also where any will do: people want to know.
 *
 * @param asked.host whose certificate it should be
 */
export function judgeTls(
  socket: TLSSocket,
  { host, policy }: { readonly host: string; readonly policy: TlsFacts['policy'] | undefined },
): TlsFacts {
  const { authorizationError } = socket as { authorizationError?: unknown };
  const fault = socket.authorized
    ? undefined
    : describeCertificateFault(String(authorizationError), socket.getPeerCertificate(), host);
  return {
    version: socket.getProtocol() ?? 'TLS',
    cipher: socket.getCipher().standardName,
    isVerified: socket.authorized,
    ...(fault === undefined ? {} : { fault }),
    ...(policy ? { policy } : {}),
  };
}

/** Of a connection that the peer opened, and turned around. */
export const factsOfTurned = (socket: TLSSocket): TlsFacts => ({
  version: socket.getProtocol() ?? 'TLS',
  cipher: socket.getCipher()?.standardName ?? '',
  isVerified: false,
  fault: 'the host came as a client, which shows none',
});
