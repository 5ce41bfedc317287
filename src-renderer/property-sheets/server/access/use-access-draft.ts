/** The access settings as the sheet, or the dialog in it, shows them now. */
import { useSheet } from '../../sheet-context';
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
    certificate: String(value('certificate') ?? ''),
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
