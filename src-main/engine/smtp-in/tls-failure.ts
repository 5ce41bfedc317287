/** Failed TLS handshakes in words that say what to do. Pure. */

export interface HandshakeFailure {
  readonly peerAddress: string;
  readonly localPort: number;
  /** The connection was to be encrypted from its first byte. */
  readonly isImplicit: boolean;
  /** In the words of the TLS library. */
  readonly reason: string;
}

export type FailureKind = 'in-clear' | 'too-old' | 'other';

/** Words of OpenSSL and BoringSSL for bytes that are no handshake. */
const noHandshake = /wrong version number|http request|https proxy request|packet length too long/i;
const nothingInCommon =
  /unsupported protocol|no shared cipher|no suitable signature|version too low|inappropriate fallback/i;

export function kindOfFailure({ isImplicit, reason }: HandshakeFailure): FailureKind {
  if (isImplicit && noHandshake.test(reason)) return 'in-clear';
  return nothingInCommon.test(reason) ? 'too-old' : 'other';
}

/** @param isListed the client is among those that may use old TLS */
export function sayFailure(failure: HandshakeFailure, isListed: boolean): string {
  const { peerAddress, localPort, reason } = failure;
  const rest = 'Further failures of this kind within an hour are not reported.';
  switch (kindOfFailure(failure)) {
    case 'in-clear':
      return `${peerAddress} connected to port ${localPort}, which is encrypted from the first byte, and sent no TLS handshake (${reason}). Set it to implicit TLS (SSL), or give it a port with STARTTLS. ${rest}`;
    case 'too-old': {
      const advice = isListed
        ? ''
        : ' If it is a device that knows old versions or ciphers alone, name it under "Clients that may use old TLS".';
      return `${peerAddress} began encryption but could not finish it (${reason}).${advice} ${rest}`;
    }
    case 'other':
      return `${peerAddress} began encryption but could not finish it (${reason}). ${rest}`;
  }
}

/** The client changed its mind, which needs no explanation. */
export const isCancelled = (reason: string): boolean =>
  /alert (?:close notify|user cancell?ed)/i.test(reason);

/** "wrong version number" from what the TLS library says with thread number, file and line. */
export function reasonOfHandshake(error: Error): string {
  const { reason } = error as { reason?: unknown };
  if (typeof reason !== 'string') return error.message;
  // BoringSSL writes NO_SHARED_CIPHER.
  return /^[A-Z0-9_]+$/.test(reason) ? reason.toLowerCase().replaceAll('_', ' ') : reason;
}
