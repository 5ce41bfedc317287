/** AUTH PLAIN (RFC 4616) and AUTH LOGIN: the password itself comes over the line. */
import { decodeText, isPlausible, namesToTry, parsePlain } from './sasl';
import { type LogOnMeans, malformed, nothing, type SaslDialogue, type SaslStep } from './sasl-mechanism';

export function createPlainDialogue(means: LogOnMeans): SaslDialogue {
  return {
    prompt: nothing,
    step(message) {
      const credentials = parsePlain(decodeText(message));
      if (credentials === 'malformed') return malformed;
      if (credentials === 'foreign')
        return { kind: 'refused', user: '', reason: 'It wants to act for another account' };
      return check(means, credentials.user, credentials.password);
    },
  };
}

export function createLoginDialogue(means: LogOnMeans): SaslDialogue {
  let user: string | undefined;
  return {
    prompt: Buffer.from('Username:'),
    step(message) {
      const text = decodeText(message);
      if (user !== undefined) return check(means, user, text);
      user = text;
      return { kind: 'challenge', data: Buffer.from('Password:') };
    },
  };
}

async function check(means: LogOnMeans, user: string, password: string): Promise<SaslStep> {
  if (isPlausible({ user, password }))
    for (const name of namesToTry(user, means.defaultLogonDomain)) {
      const account = await means.keyring.authenticate(name, password);
      if (account !== undefined) return { kind: 'accepted', account };
    }
  return { kind: 'refused', user };
}
