/**
 * AUTH GSSAPI (RFC 4752): Kerberos, judged by the operating system; here is what SASL puts around it.
 *
 * Promises: no security layer is offered or taken (TLS is there for that); who the client wants to act for must be
 *   itself; the system's context is freed exactly once and never in the middle of a call.
 */
import { Problem } from '../core/problem';
import type { SecurityContext } from '../core/security-package';
import { decodeUtf8, isPlausibleName } from './sasl';
import { type LogOnMeans, malformed, nothing, type SaslDialogue, type SaslStep } from './sasl-mechanism';

/** One octet of security layers (1: none), three of the longest message a layer may take. */
const noLayer = Buffer.from([1, 0, 0, 0]);
/** Kerberos needs two or three. */
const mostTokens = 10;

export function createGssapiDialogue(means: LogOnMeans): SaslDialogue {
  let phase: 'token' | 'established' | 'choice' = 'token';
  let context: SecurityContext | undefined;
  let tokens = 0;
  let isBusy = false;
  let isOver = false;

  const close = (): void => {
    if (!isOver || isBusy) return;
    context?.close();
    context = undefined;
  };

  const offerLayers = (on: SecurityContext): SaslStep => {
    phase = 'choice';
    return { kind: 'challenge', data: on.wrap(noLayer) };
  };

  const takeToken = async (token: Buffer): Promise<SaslStep> => {
    if (token.length === 0) return malformed;
    if (++tokens > mostTokens)
      return { kind: 'refused', user: '', reason: 'Its Kerberos dialogue does not end' };
    context ??= openContext(means);
    const { reply, isEstablished } = await context.step(token);
    if (!isEstablished) return { kind: 'challenge', data: reply };
    if (reply.length === 0) return offerLayers(context);
    phase = 'established';
    return { kind: 'challenge', data: reply };
  };

  const judge = async (message: Buffer): Promise<SaslStep> => {
    if (phase === 'token') return takeToken(message);
    if (!context) return malformed;
    if (phase === 'established') return message.length === 0 ? offerLayers(context) : malformed;
    return takeChoice(means, context.principal(), Buffer.from(context.unwrap(message)));
  };

  return {
    prompt: nothing,
    async step(message) {
      isBusy = true;
      try {
        return await judge(message);
      } catch (error) {
        if (!(error instanceof Problem && error.code === 'refused')) throw error;
        return { kind: 'refused', user: '', reason: error.message };
      } finally {
        isBusy = false;
        close();
      }
    },
    end() {
      isOver = true;
      close();
    },
  };
}

function openContext({ keyring, keytab }: LogOnMeans): SecurityContext {
  if (!keyring.securityPackage) throw new Problem('unavailable', 'This computer has no Kerberos library.');
  return keyring.securityPackage.accept(keytab);
}

/** The client's layer and longest message, and behind them whom it wants to act for. */
function takeChoice(means: LogOnMeans, principal: string, choice: Buffer): SaslStep {
  const actFor = decodeUtf8(choice.subarray(noLayer.length));
  if (choice.length < noLayer.length || actFor === undefined) return malformed;
  const refuse = (reason: string): SaslStep => ({ kind: 'refused', user: principal, reason });
  if (choice[0] !== noLayer[0]) return refuse('It chose a security layer that was not offered');
  const account = accountOf(means, principal);
  if (account === undefined) return refuse(`No account that may log in with Kerberos is named ${principal}`);
  const isItself =
    actFor === '' || isSameName(actFor, principal) || means.keyring.findAccount(actFor) === account;
  return isItself ? { kind: 'accepted', account } : refuse('It wants to act for another account');
}

const isSameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** The account named like the whole principal, or like its bare name in the default domain. */
function accountOf({ keyring, defaultLogonDomain }: LogOnMeans, principal: string): string | undefined {
  const at = principal.lastIndexOf('@');
  const isOurRealm =
    at > 0 && defaultLogonDomain !== '' && isSameName(principal.slice(at + 1), defaultLogonDomain);
  const names = [principal, ...(isOurRealm ? [principal.slice(0, at)] : [])];
  return names
    .filter(isPlausibleName)
    .map((name) => keyring.findAccount(name))
    .find((account) => account !== undefined && keyring.allows(account, 'kerberos'));
}
