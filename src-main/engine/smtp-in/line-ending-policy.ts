/** What becomes of lines that end with CR or LF alone: one rule for all clients, another for those listed. Pure. */
import type { ServerSettings } from '../../settings/schema';
import type { LineEndingPolicy } from '../../settings/schema/protocol';
import { type AccessRule, compileAccessRule, judgePeer, type Peer } from './access-list';

/** Settings made ready for `decideLineEndings`. */
export interface LineEndingRules {
  readonly ofAll: LineEndingPolicy;
  readonly ofListed: LineEndingPolicy;
  /** Nobody is listed where the list cannot be read whole. */
  readonly listed: AccessRule;
}

export function createLineEndingPolicy(
  settings: Pick<ServerSettings, 'bareLineEndings' | 'bareLineEndingsList' | 'bareLineEndingsOfListed'>,
): LineEndingRules {
  return {
    ofAll: settings.bareLineEndings,
    ofListed: settings.bareLineEndingsOfListed,
    listed: compileAccessRule('only', settings.bareLineEndingsList),
  };
}

export interface LineEndingDecision {
  readonly policy: LineEndingPolicy;
  /** A verified host name could change the decision. */
  readonly isNameDecisive: boolean;
}

export function decideLineEndings(rules: LineEndingRules, peer: Peer): LineEndingDecision {
  const { isAdmitted, isNameDecisive } = judgePeer(rules.listed, peer, false);
  return { policy: isAdmitted ? rules.ofListed : rules.ofAll, isNameDecisive };
}
