/** The access settings as the sheet, or the dialog in it, shows them now; and those of Protection. */
import { useSheet } from '../../sheet-context';
import type { ProtectionDraft } from './protection-words';
import type { AccessDraft } from './words';

export function useAccessDraft(): AccessDraft {
  const { value } = useSheet();
  const isOn = (key: string): boolean => value(key) === true;
  const list = (key: string): readonly string[] => {
    const found = value(key);
    return Array.isArray(found) ? (found as readonly string[]) : [];
  };
  const mode = (key: string): 'only' | 'except' => (value(key) === 'except' ? 'except' : 'only');
  return {
    allowsAnonymous: isOn('allowsAnonymous'),
    allowsBasic: isOn('allowsBasic'),
    basicRequiresTls: isOn('basicRequiresTls'),
    allowsIntegrated: isOn('allowsIntegrated'),
    allowsChallengeResponse: isOn('allowsChallengeResponse'),
    certificate: String(value('certificate') ?? ''),
    bindings: (value('bindings') ?? []) as AccessDraft['bindings'],
    minimumTls: (value('minimumTls') ?? 'TLSv1.2') as AccessDraft['minimumTls'],
    oldTlsList: list('oldTlsList'),
    requiresTls: isOn('requiresTls'),
    requires128Bit: isOn('requires128Bit'),
    connectionMode: mode('connectionMode'),
    connectionList: list('connectionList'),
    relayMode: mode('relayMode'),
    relayList: list('relayList'),
    relaysForAuthenticated: isOn('relaysForAuthenticated'),
    domains: (value('domains') ?? []) as AccessDraft['domains'],
  };
}

/** A number that is being typed and is none yet counts as no limit. */
export function useProtectionDraft(): ProtectionDraft {
  const { value } = useSheet();
  const number = (key: string): number | null => {
    const found = value(key);
    return typeof found === 'number' ? found : null;
  };
  return {
    maxConnectionsPerAddress: number('maxConnectionsPerAddress'),
    maxFailedLogOns: number('maxFailedLogOns'),
    lockOutMinutes: number('lockOutMinutes') ?? 0,
    tarPitSeconds: number('tarPitSeconds') ?? 0,
    greetingDelaySeconds: number('greetingDelaySeconds') ?? 0,
    proxyList: (value('proxyList') ?? []) as readonly string[],
  };
}
