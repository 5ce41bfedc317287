/** What the settings of Protection mean, in a few sentences. Pure. */
import { plural } from '../../../client/words';
import { describeList, type Meaning } from './words';

export interface ProtectionDraft {
  readonly maxConnectionsPerAddress: number | null;
  readonly maxFailedLogOns: number | null;
  readonly lockOutMinutes: number;
  readonly tarPitSeconds: number;
  readonly greetingDelaySeconds: number;
  readonly proxyList: readonly string[];
}

const endlessGuesses = 'Whoever can connect may try passwords without end.';

/** Delays and proxies are told where there are any. */
export function describeProtection(
  draft: ProtectionDraft,
  { takesLogIn }: { readonly takesLogIn: boolean },
): Meaning {
  const { maxConnectionsPerAddress, maxFailedLogOns, lockOutMinutes, proxyList } = draft;
  const sentences = [
    maxConnectionsPerAddress === null
      ? 'One address may hold any number of connections.'
      : `One address may hold ${plural(maxConnectionsPerAddress, 'connection')}.`,
    maxFailedLogOns === null
      ? 'Failed log-ins lock nobody out.'
      : `${plural(maxFailedLogOns, 'failed log-in')} ${maxFailedLogOns === 1 ? 'locks' : 'lock'} it out for ${plural(lockOutMinutes, 'minute')}.`,
    ...describeDelays(draft),
    ...(proxyList.length === 0 ? [] : [`Proxies: ${describeList(proxyList)}.`]),
  ];
  const text = sentences.join(' ');
  return takesLogIn && maxFailedLogOns === null ? { text, warning: endlessGuesses } : { text };
}

function describeDelays({ tarPitSeconds, greetingDelaySeconds }: ProtectionDraft): string[] {
  return [
    ...(tarPitSeconds > 0 ? [`Refusals wait ${plural(tarPitSeconds, 'second')}.`] : []),
    ...(greetingDelaySeconds > 0 ? [`The greeting waits ${plural(greetingDelaySeconds, 'second')}.`] : []),
  ];
}
