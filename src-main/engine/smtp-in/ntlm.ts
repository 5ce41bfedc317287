/**
 * AUTH NTLM, version 2 alone (MS-NLMP, MS-SMTPNTLM), for accounts of our own.
 *
 * Promises: version 1, LM and anonymous log-ins are refused whatever their proof; a proof counts only for the
 *   challenge of this dialogue and for this computer (the client has to return our target info), so that it can
 *   neither be replayed nor have been made for another server; where the client says that it protected its messages
 *   with a MIC, they are refused without it. An unknown name costs what a wrong password costs.
 */
import { randomBytes } from 'node:crypto';
import type { LogOnSecrets } from '../core/keyring';
import {
  type AuthenticateMessage,
  type AvPair,
  avId,
  formatAvPairs,
  formatChallenge,
  ntlmFlags,
  parseAuthenticate,
  parseAvPairs,
  parseNegotiate,
  withoutMic,
} from '../ntlm/ntlm-message';
import {
  isSameDigest,
  messageIntegrityCode,
  type NtlmV2Response,
  ntlmV2Key,
  ntlmV2Proof,
  parseNtlmV2Response,
  rc4,
  sessionKey,
} from '../ntlm/ntlm-proof';
import { isPlausibleName, namesToTry } from './sasl';
import { type LogOnMeans, malformed, nothing, type SaslDialogue, type SaslStep } from './sasl-mechanism';

/** How long a challenge may wait for its answer, as on Windows. */
const longestAgeMs = 30 * 60_000;
/** Between 1601, where the times of Windows begin, and 1970. */
const fileTimeOffsetMs = 11_644_473_600_000;
const keyBytes = 16;
const longestNetbiosName = 15;
const micIsThere = 0x2;
const nobodysHash = randomBytes(keyBytes);

/** Those we take when the client offers them. */
const negotiable =
  ntlmFlags.sign | ntlmFlags.seal | ntlmFlags.key128 | ntlmFlags.key56 | ntlmFlags.keyExchange;

/** What this computer says of itself, in UTF-16. */
function describeTarget(fqdn: string, defaultLogonDomain: string, nowMs: number): readonly AvPair[] {
  const [computer = '', ...rest] = fqdn.split('.');
  const netbios = (name: string): string =>
    name.split('.', 1)[0]?.slice(0, longestNetbiosName).toUpperCase() ?? '';
  const text = (id: number, value: string): AvPair => ({ id, value: Buffer.from(value, 'utf16le') });
  const time = Buffer.alloc(8);
  time.writeBigUInt64LE(BigInt(Math.trunc(nowMs) + fileTimeOffsetMs) * 10_000n);
  return [
    text(avId.netbiosDomain, netbios(defaultLogonDomain || computer)),
    text(avId.netbiosComputer, netbios(computer)),
    text(avId.dnsDomain, defaultLogonDomain.includes('.') ? defaultLogonDomain : rest.join('.')),
    text(avId.dnsComputer, fqdn),
    { id: avId.timestamp, value: time },
  ];
}

export function createNtlmDialogue(means: LogOnMeans, challenge: Buffer = randomBytes(8)): SaslDialogue {
  const { fqdn, defaultLogonDomain, now } = means;
  let begun: { target: readonly AvPair[]; at: number; negotiate: Buffer; message: Buffer } | undefined;

  const begin = (negotiate: Buffer): SaslStep => {
    const offered = parseNegotiate(negotiate);
    if (offered === undefined) return malformed;
    const at = now();
    const target = describeTarget(fqdn, defaultLogonDomain, at);
    const isOemOnly = (offered & ntlmFlags.oem) !== 0 && (offered & ntlmFlags.unicode) === 0;
    const name = target[0]?.value.toString('utf16le') ?? '';
    const message = formatChallenge({
      flags:
        ntlmFlags.requestTarget |
        ntlmFlags.ntlm |
        ntlmFlags.alwaysSign |
        ntlmFlags.extendedSessionSecurity |
        ntlmFlags.targetInfo |
        (defaultLogonDomain === '' ? ntlmFlags.targetIsServer : ntlmFlags.targetIsDomain) |
        (isOemOnly ? ntlmFlags.oem : ntlmFlags.unicode) |
        (offered & negotiable),
      challenge,
      targetName: Buffer.from(name, isOemOnly ? 'utf8' : 'utf16le'),
      targetInfo: formatAvPairs(target),
    });
    begun = { target, at, negotiate, message };
    return { kind: 'challenge', data: message };
  };

  return {
    prompt: nothing,
    step(bytes) {
      if (!begun) return begin(bytes);
      const { target, at, negotiate, message } = begun;
      const answer = parseAuthenticate(bytes);
      if (!answer) return malformed;
      const { user } = answer;
      const refuse = (reason?: string): SaslStep => ({
        kind: 'refused',
        user: answer.domain === '' ? user : `${answer.domain}\\${user}`,
        ...(reason === undefined ? { names: namesOf(means, answer) } : { reason }),
      });
      const response = parseNtlmV2Response(answer.ntResponse);
      if (!response)
        return refuse(
          user === '' ? 'An anonymous NTLM log-in' : 'It answered with NTLM version 1, which is not taken',
        );
      const facts = parseAvPairs(response.targetInfo);
      if (!facts || !hasAll(facts, target)) return refuse('Its NTLM answer was made for another computer');
      if (now() - at > longestAgeMs) return refuse('Its NTLM answer came too late');
      const isProtected = ((facts.find(({ id }) => id === avId.flags)?.value[0] ?? 0) & micIsThere) !== 0;
      const account = findAccount(means, answer, (ntHash) => {
        const key = provenKey(ntHash, answer, response, challenge);
        return key !== undefined && (!isProtected || hasRightMic(key, answer, [negotiate, message]));
      });
      return account === undefined ? refuse() : { kind: 'accepted', account };
    },
  };
}

/** The exported session key when the proof is right (MS-NLMP 3.2.5.1.2). */
function provenKey(
  ntHash: Uint8Array,
  { flags, user, domain, encryptedSessionKey }: AuthenticateMessage,
  { proof, blob }: NtlmV2Response,
  challenge: Buffer,
): Buffer | undefined {
  const key = ntlmV2Key(ntHash, user, domain);
  if (!isSameDigest(ntlmV2Proof(key, challenge, blob), proof)) return undefined;
  const base = sessionKey(key, proof);
  const isExchanged = (flags & ntlmFlags.keyExchange) !== 0 && encryptedSessionKey.length === keyBytes;
  return isExchanged ? rc4(base, encryptedSessionKey) : base;
}

function hasRightMic(key: Buffer, { mic, bytes }: AuthenticateMessage, before: readonly Buffer[]): boolean {
  return mic !== undefined && isSameDigest(messageIntegrityCode(key, [...before, withoutMic(bytes)]), mic);
}

/** Did the client return everything that we said of ourselves, unchanged? What it adds is its own. */
const hasAll = (facts: readonly AvPair[], ours: readonly AvPair[]): boolean =>
  ours.every(({ id, value }) => facts.find((fact) => fact.id === id)?.value.equals(value) === true);

/** Names by which the account may be known. */
function namesOf(
  { defaultLogonDomain }: LogOnMeans,
  { user, domain }: AuthenticateMessage,
): readonly string[] {
  return [
    ...(domain === '' ? [] : [`${domain}\\${user}`, `${user}@${domain}`]),
    ...namesToTry(user, defaultLogonDomain),
  ];
}

/** The first account that the proof is right for. */
function findAccount(
  means: LogOnMeans,
  answer: AuthenticateMessage,
  isRight: (ntHash: LogOnSecrets['ntlm']['ntHash']) => boolean,
): string | undefined {
  const { user, domain } = answer;
  if (!isPlausibleName(user) || (domain !== '' && !isPlausibleName(domain))) return undefined;
  let account: string | undefined;
  for (const name of namesOf(means, answer)) {
    const found = means.keyring.logOnSecret(name, 'ntlm');
    if (isRight(found?.secret.ntHash ?? nobodysHash)) account ??= found?.account;
  }
  return account;
}
