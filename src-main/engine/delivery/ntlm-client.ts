/**
 * The client's side of AUTH NTLM, version 2 alone (MS-NLMP 3.1.5.1, MS-SMTPNTLM): the password itself never goes over
 * the wire, and older, weaker answers are not given whatever the host offers.
 */
import { randomBytes } from 'node:crypto';
import { md4 } from '../ntlm/md4';
import {
  avId,
  formatAuthenticate,
  formatAvPairs,
  formatNegotiate,
  micAt,
  ntlmFlags,
  parseAvPairs,
  parseChallenge,
} from '../ntlm/ntlm-message';
import { messageIntegrityCode, ntlmV2Key, ntlmV2Proof, sessionKey } from '../ntlm/ntlm-proof';
import type { PasswordLogin, SaslClient } from './sasl-client';

const offered =
  ntlmFlags.unicode |
  ntlmFlags.requestTarget |
  ntlmFlags.ntlm |
  ntlmFlags.alwaysSign |
  ntlmFlags.extendedSessionSecurity |
  ntlmFlags.targetInfo |
  ntlmFlags.key128 |
  ntlmFlags.key56;

/** Between 1601, where the times of Windows begin, and 1970. */
const fileTimeOffsetMs = 11_644_473_600_000n;
const micIsThere = Buffer.from([2, 0, 0, 0]);

/** "DOMAIN\name"; any other name is whole, "name@domain" too. */
export function splitUser(user: string): { readonly domain: string; readonly user: string } {
  const at = user.indexOf('\\');
  return at < 0 ? { domain: '', user } : { domain: user.slice(0, at), user: user.slice(at + 1) };
}

export function createNtlmClient(
  { user, password }: PasswordLogin,
  { now, random = randomBytes }: { readonly now: () => number; readonly random?: (size: number) => Buffer },
): SaslClient {
  const negotiate = formatNegotiate(offered);
  let step = 0;
  return {
    mechanism: 'NTLM',
    respond(challenge) {
      step++;
      // The first is empty, or says "ntlm supported".
      if (step === 1) return negotiate;
      return step === 2 ? answerTo(Buffer.from(challenge, 'base64')) : undefined;
    },
    secrets: [password],
  };

  function answerTo(message: Buffer): Buffer | undefined {
    const facts = parseChallenge(message);
    const target = facts && parseAvPairs(facts.targetInfo);
    if (!facts || !target || (facts.flags & ntlmFlags.unicode) === 0) return undefined;
    const name = splitUser(user);
    const time = target.find(({ id, value }) => id === avId.timestamp && value.length === 8)?.value;
    // MS-NLMP 3.1.5.1.2: a host that says its time understands a MIC.
    const ours = target.filter(({ id }) => id !== avId.flags);
    const pairs = formatAvPairs(time ? [...ours, { id: avId.flags, value: micIsThere }] : ours);
    const blob = Buffer.concat([
      Buffer.from([1, 1, 0, 0, 0, 0, 0, 0]),
      time ?? fileTime(now()),
      random(8),
      Buffer.alloc(4),
      pairs,
      Buffer.alloc(4),
    ]);
    const key = ntlmV2Key(md4(Buffer.from(password, 'utf16le')), name.user, name.domain);
    const proof = ntlmV2Proof(key, facts.challenge, blob);
    const answer = formatAuthenticate({
      flags: facts.flags & offered,
      ...name,
      ntResponse: Buffer.concat([proof, blob]),
    });
    if (time) messageIntegrityCode(sessionKey(key, proof), [negotiate, message, answer]).copy(answer, micAt);
    return answer;
  }
}

function fileTime(nowMs: number): Buffer {
  const time = Buffer.alloc(8);
  time.writeBigUInt64LE((BigInt(Math.trunc(nowMs)) + fileTimeOffsetMs) * 10_000n);
  return time;
}
