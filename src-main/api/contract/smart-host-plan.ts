/** Settings of a virtual server from a preset and what was entered for it. Pure. */
import type { ServerSettings } from '../../settings/schema';
import {
  type PresetLogin,
  type SmartHostMethod,
  type SmartHostPreset,
  smartHostPresets,
} from './smart-host-presets';

/** Everything is text, as it was entered; what does not belong to the preset is not looked at. */
export interface SmartHostAnswers {
  readonly method?: SmartHostMethod;
  readonly host?: string;
  readonly port?: string;
  readonly domain?: string;
  readonly region?: string;
  readonly sender?: string;
  readonly user?: string;
  readonly password?: string;
  /** Number of an OAuth2 sign-in. */
  readonly signIn?: string;
}

/** What is set; all of it belongs to the smart host. */
export type SmartHostPatch = Pick<
  ServerSettings,
  | 'smartHost'
  | 'outboundPort'
  | 'outboundAuthentication'
  | 'outboundUserName'
  | 'outboundPassword'
  | 'outboundSignIn'
  | 'outboundTls'
  | 'outboundTlsFromStart'
  | 'outboundMinimumTls'
  | 'triesDirectDelivery'
> &
  Partial<Pick<ServerSettings, 'outboundSender' | 'maxMessagesPerMinute'>>;

export interface SmartHostPlan {
  readonly patch: SmartHostPatch;
  /** What is to be done at the provider. */
  readonly steps: readonly string[];
  /** What is worth knowing, of the provider and of what else is set here. */
  readonly notes: readonly string[];
}

/** What else of a virtual server matters for its smart host. */
export type SmartHostSurroundings = Pick<ServerSettings, 'domains' | 'furtherSmartHosts'>;

export interface AnswerFault {
  readonly field: keyof SmartHostAnswers;
  readonly reason: string;
}

export const findPreset = (id: string): SmartHostPreset | undefined =>
  smartHostPresets.find((preset) => preset.id === id);

export const loginOf = (preset: SmartHostPreset, method: SmartHostMethod | undefined): PresetLogin =>
  preset.logins.find((login) => login.method === method) ?? preset.logins[0];

export const stepsOf = (preset: SmartHostPreset, login: PresetLogin): readonly string[] => [
  ...(login.steps ?? []),
  ...preset.steps,
];

const hostName =
  /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
const domainName = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/i;
const addressLiteral = /^\[[0-9a-f:.]+\]$/i;

/** What is missing or wrong, in the order of the form. */
export function findAnswerFaults(preset: SmartHostPreset, answers: SmartHostAnswers): AnswerFault[] {
  const faults: AnswerFault[] = [];
  const refuse = (field: keyof SmartHostAnswers, reason: string): void => void faults.push({ field, reason });
  const { method } = answers;
  if (method !== undefined && preset.logins.every((login) => login.method !== method))
    refuse('method', `${preset.title} knows: ${preset.logins.map((login) => login.method).join(', ')}.`);
  for (const { key, title, isOptional, choices } of preset.fields) {
    const value = (answers[key] ?? '').trim();
    if (value === '') {
      if (isOptional !== true) refuse(key, `Enter: ${title}.`);
    } else if (choices?.every((choice) => choice.value !== value))
      refuse(key, `Choose one of: ${choices.map((choice) => choice.value).join(', ')}.`);
    else if (key === 'port' && !(/^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535))
      refuse(key, 'Enter a port from 1 to 65535.');
    else if (key === 'domain' && !domainName.test(value)) refuse(key, 'Enter a domain such as example.com.');
    else if (key === 'region' && !hostName.test(value)) refuse(key, 'Enter a region such as eu-central-1.');
    else if (key === 'host' && !hostName.test(value) && !addressLiteral.test(value))
      refuse(key, 'Enter a name, or an address in square brackets.');
    else if (key === 'sender' && !/^[^\s@<>]+@[^\s@<>]+$/.test(value))
      refuse(key, 'Enter an address such as scans@example.com.');
  }
  const login = loginOf(preset, method);
  if (login.user && (answers.user ?? '').trim() === '') refuse('user', `Enter: ${login.user.title}.`);
  if (login.password && (answers.password ?? '') === '')
    refuse('password', `Enter: ${login.password.title}.`);
  if (login.signIn && (answers.signIn ?? '') === '') refuse('signIn', 'Choose the OAuth2 sign-in.');
  return faults;
}

/** To be called with answers that have no faults. */
export function planSmartHost(
  preset: SmartHostPreset,
  answers: SmartHostAnswers,
  surroundings?: SmartHostSurroundings,
): SmartHostPlan {
  const login = loginOf(preset, answers.method);
  const read = (key: keyof SmartHostAnswers): string => (answers[key] ?? '').trim();
  const password = login.password ? (answers.password ?? '') : '';
  const host = preset.host
    .replace('{host}', read('host'))
    .replace('{region}', read('region'))
    .replace('{domain}', read('domain'))
    .replace('{domain-with-hyphens}', read('domain').toLowerCase().replaceAll('.', '-'));
  const port = read('port');
  const asksForSender = preset.fields.some(({ key }) => key === 'sender');
  return {
    patch: {
      smartHost: host,
      outboundPort: port === '' ? preset.port : Number(port),
      outboundAuthentication: login.method,
      outboundUserName: login.fixedUser ?? (login.user ? read('user') : ''),
      outboundPassword: password,
      outboundSignIn: login.signIn ? read('signIn') : '',
      outboundTls: preset.tls,
      outboundTlsFromStart: port === '465',
      outboundMinimumTls: 'TLSv1.2',
      // Direct delivery would go to the port of the smart host.
      triesDirectDelivery: false,
      ...(asksForSender ? { outboundSender: read('sender') } : {}),
      ...(preset.maxMessagesPerMinute === undefined
        ? {}
        : { maxMessagesPerMinute: preset.maxMessagesPerMinute }),
    },
    steps: stepsOf(preset, login),
    notes: [...preset.notes, ...(surroundings ? findSideEffects(preset, surroundings) : [])],
  };
}

/** What the smart host changes for others, or does not replace. */
function findSideEffects(
  preset: SmartHostPreset,
  { domains, furtherSmartHosts }: SmartHostSurroundings,
): string[] {
  const followers = domains.filter((domain) => domain.type === 'remote' && domain.port === null);
  const names = followers.map(({ name }) => name).slice(0, 3);
  const more = followers.length > names.length ? ` and ${followers.length - names.length} more` : '';
  return [
    ...(followers.length > 0 && preset.port !== 25
      ? [
          `The outbound TCP port is for remote domains too: ${names.join(', ')}${more} ${followers.length === 1 ? 'has' : 'have'} none of their own. Give them port 25 where they need it.`,
        ]
      : []),
    ...(furtherSmartHosts.length > 0
      ? ['The further smart hosts stay: they are tried when this one cannot be reached.']
      : []),
  ];
}

export interface PlannedChange {
  readonly setting: keyof SmartHostPatch;
  readonly before: string;
  readonly after: string;
}

const valueWords: Readonly<Record<string, string>> = {
  anonymous: 'anonymous access',
  basic: 'basic authentication',
  ntlm: 'NTLM',
  oauth2: 'OAuth2',
  opportunistic: 'where it is offered',
  verified: 'required, with a verified certificate',
};
const wordedSettings: readonly string[] = ['outboundAuthentication', 'outboundTls'];

function describeValue(setting: string, value: unknown, nameOfSignIn: (id: string) => string): string {
  if (setting === 'outboundPassword') return value === '' ? 'none' : 'set';
  if (value === null) return 'no limit';
  if (value === '') return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (setting === 'outboundSignIn') return nameOfSignIn(String(value));
  const text = String(value);
  return wordedSettings.includes(setting) ? (valueWords[text] ?? text) : text;
}

/** What would be another value than it is. Secrets are told of, not told. */
export function describePlan(
  patch: SmartHostPatch,
  now: Pick<ServerSettings, keyof SmartHostPatch>,
  nameOfSignIn: (id: string) => string = (id) => id,
): PlannedChange[] {
  const words = (setting: string, value: unknown): string => describeValue(setting, value, nameOfSignIn);
  return (Object.keys(patch) as (keyof SmartHostPatch)[]).flatMap((setting) => {
    const isNewPassword = setting === 'outboundPassword' && patch.outboundPassword !== '';
    if (patch[setting] === now[setting] && !isNewPassword) return [];
    const after = isNewPassword ? 'the new one' : words(setting, patch[setting]);
    return [{ setting, before: words(setting, now[setting]), after }];
  });
}
