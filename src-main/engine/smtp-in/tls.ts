/**
 * TLS of one virtual server's listener: which certificate and which oldest version a client gets, and what is told
 * about certificates that cannot be used and handshakes that fail.
 *
 * Promises: encryption is offered only with a certificate that really can be used; a change of certificate or settings
 *   is seen by the next handshake and by no open session; a name that nobody knows fails no handshake; each trouble is
 *   told once and failed handshakes seldom, however many there are.
 * Trusts: the keyring, as far as what it gives is tried before it is offered.
 */
import { X509Certificate } from 'node:crypto';
import type { SecureContext } from 'node:tls';
import type { Binding, ServerSettings, TlsVersion } from '../../settings/schema';
import type { Clock } from '../core/clock';
import type { Emit } from '../core/event';
import type { Keyring } from '../core/keyring';
import { reasonOf } from '../core/problem';
import { type OldTlsSupport, oldTlsSupport } from '../tls/old-versions';
import { type AccessRule, compileAccessRule, judgePeer } from './access-list';
import { findForServerName } from './server-name';
import { createTlsContexts } from './tls-contexts';
import { type HandshakeFailure, kindOfFailure, sayFailure } from './tls-failure';
import { findTlsTroubles, type KnownCertificate } from './tls-troubles';

/** What one handshake is made with. */
export interface HandshakeTerms {
  readonly context: SecureContext;
  /** For the name that the client asks for. Absent: there is but one certificate. */
  readonly contextFor?: (serverName: string) => SecureContext;
}

export interface InboundTls {
  /** Can a client of this binding encrypt? Asked with each EHLO. */
  canEncrypt(binding: Binding): boolean;
  /** Undefined: there is no usable certificate, and so no encryption. */
  prepare(binding: Binding, peerAddress: string): HandshakeTerms | undefined;
  /** Asks for the certificates anew, and tells what is wrong with them. */
  refresh(): void;
  noteFailure(failure: HandshakeFailure): void;
}

/** A scanner or a printer without TLS 1.2 fails all day; somebody should know, but not all day. */
const failureNoteIntervalMs = 60 * 60_000;

type UsableCertificate = Extract<KnownCertificate, { state: 'usable' }>;

export function createInboundTls(options: {
  readonly serverId: number;
  readonly settings: () => ServerSettings;
  /** Those that are open now. */
  readonly bindings: () => readonly Binding[];
  readonly keyring: Keyring;
  readonly emit: Emit;
  readonly clock: Clock;
  /** Default: what this process can. */
  readonly oldTlsSupport?: () => OldTlsSupport;
}): InboundTls {
  const { serverId, settings, bindings, keyring, emit, clock } = options;
  const support = options.oldTlsSupport ?? oldTlsSupport;
  const contexts = createTlsContexts({ sessionIdContext: `mailroot-${serverId}`, clock, support });
  /** By number; what was found when it was asked for last. */
  const known = new Map<string, KnownCertificate>();
  /** Keys of the troubles that were told and still are. */
  let told: ReadonlySet<string> = new Set();
  let oldClients: { readonly of: ServerSettings; readonly rule: AccessRule } | undefined;
  const failureNotedAt = new Map<string, number>();

  const load = (id: string): KnownCertificate => {
    try {
      const credentials = keyring.tlsCredentials(id);
      if (!credentials) return { state: 'missing' };
      // A key that does not belong to the certificate shows here.
      contexts.contextFor(credentials, settings().minimumTls);
      return {
        state: 'usable',
        credentials,
        certificate: new X509Certificate(credentials.certificatePem),
      };
    } catch (error) {
      return { state: 'unusable', reason: reasonOf(error) };
    }
  };

  const lookUp = (id: string): KnownCertificate => {
    const found = known.get(id) ?? load(id);
    known.set(id, found);
    return found;
  };

  const find = (id: string): UsableCertificate | undefined => {
    if (id === '') return undefined;
    const isNew = !known.has(id);
    const found = lookUp(id);
    if (isNew && found.state !== 'usable') tellTroubles();
    return found.state === 'usable' ? found : undefined;
  };

  const idOf = (binding: Binding): string =>
    binding.encryption === 'none' ? '' : binding.certificate || settings().certificate;

  const isOldClient = (peerAddress: string): boolean => {
    const now = settings();
    if (now.oldTlsList.length === 0) return false;
    if (oldClients?.of !== now) oldClients = { of: now, rule: compileAccessRule('only', now.oldTlsList) };
    return judgePeer(oldClients.rule, { peerAddress, hostName: undefined }, false).isAdmitted;
  };

  const contextOf = ({ credentials }: UsableCertificate, minimum: TlsVersion): SecureContext => {
    try {
      return contexts.contextFor(credentials, minimum);
    } catch {
      // It was good for the ordinary context when it was loaded.
      return contexts.contextFor(credentials, settings().minimumTls);
    }
  };

  const tellTroubles = (): void => {
    const troubles = findTlsTroubles({ settings: settings(), bindings: bindings(), lookUp, support });
    const before = told;
    told = new Set(troubles.map(({ key }) => key));
    for (const { key, code, text } of troubles)
      if (!before.has(key)) emit({ type: 'warning', serverId, code, text });
  };

  return {
    canEncrypt: (binding) => find(idOf(binding)) !== undefined,
    prepare(binding, peerAddress) {
      const own = find(idOf(binding));
      if (!own) return undefined;
      const minimum = isOldClient(peerAddress) ? 'TLSv1' : binding.minimumTls || settings().minimumTls;
      const context = contextOf(own, minimum);
      const { furtherCertificates } = settings();
      if (furtherCertificates.length === 0) return { context };
      return {
        context,
        contextFor(serverName) {
          const further = furtherCertificates.flatMap((id) => find(id) ?? []);
          const chosen = findForServerName([own, ...further], serverName);
          return chosen ? contextOf(chosen, minimum) : context;
        },
      };
    },
    refresh() {
      known.clear();
      tellTroubles();
      const fingerprints = [...known.values()].flatMap((each) =>
        each.state === 'usable' ? each.credentials.fingerprint : [],
      );
      contexts.keepOnly(new Set(fingerprints));
    },
    noteFailure(failure) {
      const isListed = isOldClient(failure.peerAddress);
      const kind = kindOfFailure(failure);
      const now = clock.now();
      if (now - (failureNotedAt.get(kind) ?? Number.NEGATIVE_INFINITY) < failureNoteIntervalMs) return;
      failureNotedAt.set(kind, now);
      emit({
        type: 'warning',
        serverId,
        code: 'tls-handshake-failed',
        text: sayFailure(failure, isListed),
      });
    },
  };
}
