/**
 * TLS of one virtual server's listener: the certificate in force, ready for handshakes, and what is told about
 * handshakes that fail.
 *
 * Promises: encryption is offered only with a certificate that really can be used; a change of the certificate
 * is seen by the next handshake and by no open session; an unusable certificate is told once and failed
 * handshakes seldom, however many there are.
 * Trusts: the keyring, as far as what it gives is tried before it is offered.
 */
import { createSecureContext, type SecureContext } from 'node:tls';
import type { ServerSettings } from '../../settings/schema';
import type { Clock } from '../core/clock';
import type { Emit } from '../core/event';
import type { Keyring } from '../core/keyring';
import { reasonOf } from '../core/problem';

export interface InboundTls {
  /** What handshakes use; undefined: there is no usable certificate and so no encryption. */
  current(): SecureContext | undefined;
  /** Asks for the certificate anew. */
  refresh(): void;
  noteFailure(peerAddress: string, reason: string): void;
}

/** A scanner or a printer without TLS 1.2 fails all day; somebody should know, but not all day. */
const failureNoteIntervalMs = 60 * 60_000;

export function createInboundTls(options: {
  readonly serverId: number;
  readonly settings: () => ServerSettings;
  readonly keyring: Keyring;
  readonly emit: Emit;
  readonly clock: Clock;
}): InboundTls {
  const { serverId, settings, keyring, emit, clock } = options;
  let known: { readonly certificateId: string; readonly context: SecureContext | undefined } | undefined;
  let made: { readonly fingerprint: string; readonly context: SecureContext } | undefined;
  /** The trouble that was told last, so that it is told once. */
  let told: string | undefined;
  let failureNotedAt = Number.NEGATIVE_INFINITY;

  const tell = (trouble: string, text: string): void => {
    if (told === trouble) return;
    told = trouble;
    emit({ type: 'warning', serverId, code: 'certificate-unusable', text });
  };

  const load = (certificateId: string): SecureContext | undefined => {
    const consequence = settings().requiresTls
      ? 'A secure channel is required, so no mail is taken'
      : 'Encryption is not offered';
    try {
      const credentials = keyring.tlsCredentials(certificateId);
      if (!credentials) {
        const text = `The certificate of ${settings().name} is missing or its key cannot be read. ${consequence}; assign another certificate.`;
        tell(certificateId, text);
        return undefined;
      }
      if (made?.fingerprint !== credentials.fingerprint) {
        const context = createSecureContext({
          key: credentials.keyPem,
          cert: credentials.certificatePem,
          minVersion: 'TLSv1.2',
          honorCipherOrder: true,
          sessionIdContext: `mailroot-${serverId}`,
        });
        made = { fingerprint: credentials.fingerprint, context };
      }
      told = undefined;
      return made.context;
    } catch (error) {
      const text = `The certificate of ${settings().name} cannot be used (${reasonOf(error)}). ${consequence}; assign another certificate.`;
      tell(certificateId, text);
      return undefined;
    }
  };

  const current = (): SecureContext | undefined => {
    const { certificate, requiresTls, name } = settings();
    if (certificate === '') {
      known = undefined;
      if (!requiresTls) told = undefined;
      else
        tell(
          'none',
          `${name} requires a secure channel but has no certificate, so no mail is taken. Assign a certificate.`,
        );
      return undefined;
    }
    if (known?.certificateId !== certificate)
      known = { certificateId: certificate, context: load(certificate) };
    return known.context;
  };

  return {
    current,
    refresh() {
      known = undefined;
      current();
    },
    noteFailure(peerAddress, reason) {
      const now = clock.now();
      if (now - failureNotedAt < failureNoteIntervalMs) return;
      failureNotedAt = now;
      emit({
        type: 'warning',
        serverId,
        code: 'tls-handshake-failed',
        text: `${peerAddress} began encryption but could not finish it (${reason}). Further failures within an hour are not reported.`,
      });
    },
  };
}
