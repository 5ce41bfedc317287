/** Log-in and encryption of a place in a few words, for lists. Pure. */
import type { FurtherSmartHost } from '../../../src-main/api/contract';

type Place = Pick<FurtherSmartHost, 'outboundAuthentication' | 'outboundUserName' | 'outboundTls'>;

export const authenticationChoices = [
  { value: 'anonymous', label: 'Anonymous access' },
  { value: 'basic', label: 'Basic authentication' },
  { value: 'ntlm', label: 'Integrated Windows Authentication (NTLM)' },
  { value: 'oauth2', label: 'OAuth2 (Microsoft 365, Google)' },
] as const;

export const tlsModeChoices = [
  { value: 'off', label: 'No encryption' },
  { value: 'opportunistic', label: 'TLS where it is offered' },
  { value: 'required', label: 'TLS encryption required' },
  { value: 'verified', label: 'TLS encryption with a valid certificate' },
] as const;

/** "ann, OAuth2, TLS required" */
export function describeLogIn(place: Place): string {
  const { outboundAuthentication: method, outboundUserName: user, outboundTls: tls } = place;
  const kinds = { anonymous: 'anonymous', basic: '', ntlm: 'NTLM', oauth2: 'OAuth2' };
  const encryption = {
    off: 'no encryption',
    opportunistic: '',
    required: 'TLS required',
    verified: 'TLS verified',
  };
  const parts = [method === 'anonymous' ? '' : user, kinds[method], encryption[tls]];
  return parts.filter((part) => part !== '').join(', ');
}
