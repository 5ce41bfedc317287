/** Whether a client may hand over mail, explained: encryption, log-in, and the sender's address. */
import type { ServerSettings } from '../settings/schema';
import type { Keyring } from './core/keyring';
import type { SmtpStatus } from './core/smtp-status';
import { type ExplanationStep, refusal, replyText } from './explanation';
import { parsePathArgument } from './smtp-in/address-path';
import { parseMailParameters, parseRecipientParameters } from './smtp-in/envelope-parameters';
import { replies } from './smtp-in/replies';
import { namesToTry } from './smtp-in/sasl';
import { type MechanismName, methodOf } from './smtp-in/sasl-mechanism';
import { enabledMechanisms, refuseInClear, refuseLogOn, refuseSubmission } from './smtp-in/submission';
import type { TlsFacts } from './smtp-in/tls-facts';

export interface Submission {
  readonly settings: ServerSettings;
  readonly keyring: Keyring;
  /** Name that the client logs in with; undefined: it does not. */
  readonly user: string | undefined;
  /** Whose name that is; undefined: nobody's. */
  readonly account: string | undefined;
  readonly isEncrypted: boolean;
  readonly sender: AddressResult;
}

export type AddressResult =
  | { readonly kind: 'path'; readonly address: string }
  | { readonly kind: 'refused'; readonly status: SmtpStatus };

/** Every cipher of today has 128 bits or more; whoever asks has no connection at hand. */
const usualTls: TlsFacts = { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', keyBits: 256 };

export function explainSubmission(question: Submission): ExplanationStep[] {
  const { settings, account, sender } = question;
  const isImplicitOnly = settings.bindings.every(({ encryption }) => encryption === 'implicit');
  const isEncrypted = question.isEncrypted || isImplicitOnly;
  const submission = { ...question, isEncrypted };
  const steps: ExplanationStep[] = [];
  if (isEncrypted) {
    const encryption = explainEncryption(submission);
    if (encryption) return [encryption];
  }
  if (!question.isEncrypted && isImplicitOnly)
    steps.push({
      decision: 'submit',
      verdict: 'info',
      text: 'The connection is encrypted from its first byte.',
      rule: 'Every identity of the virtual server has implicit TLS.',
      control: { setting: 'bindings' },
    });
  if (submission.user !== undefined) {
    const logOn = explainLogOn(submission);
    steps.push(logOn);
    if (logOn.verdict === 'refuse') return steps;
  }
  const tls = isEncrypted ? usualTls : undefined;
  const status = refuseSubmission({ settings, tls, account });
  if (status) {
    const [rule, setting] = describeSubmissionRefusal(status);
    const text = 'The client may not hand over mail.';
    return [...steps, refusal({ decision: 'submit', text, rule, control: { setting }, status })];
  }
  if (sender.kind === 'refused') {
    const rule = 'The sender is not an address that the server can read.';
    const text = 'The sender is refused.';
    return [...steps, refusal({ decision: 'submit', text, rule, status: sender.status })];
  }
  const rule =
    account === undefined ? 'Anonymous access is on: no log-in is needed.' : 'The client has logged in.';
  const reply = replyText(replies.senderOk(sender.address === '' ? '<>' : sender.address));
  const control = { setting: 'allowsAnonymous' };
  const text = 'The client may hand over mail.';
  return [...steps, { decision: 'submit', verdict: 'pass', text, rule, control, reply }];
}

function explainEncryption({ keyring, settings }: Submission): ExplanationStep | undefined {
  const open = settings.bindings.filter(({ encryption }) => encryption !== 'none');
  if (
    open.some(({ certificate }) => keyring.tlsCredentials(certificate || settings.certificate) !== undefined)
  )
    return undefined;
  const [rule, setting] =
    open.length === 0
      ? ['Encryption is switched off for every identity of the virtual server.', 'bindings']
      : ['Encryption needs a certificate, and none that can be used is chosen.', 'certificate'];
  return refusal({
    decision: 'submit',
    text: 'The connection cannot be encrypted.',
    rule,
    control: { setting },
    status: replies.noCertificate,
  });
}

/** The best of the ways to log in that the account and the settings allow: every one that is refused is worse. */
function explainLogOn({ settings, keyring, isEncrypted, user, account }: Submission): ExplanationStep {
  const tls = isEncrypted ? usualTls : undefined;
  const hasKerberos = keyring.securityPackage?.isUsable(settings.kerberosKeytab) ?? false;
  const enabled = enabledMechanisms(settings, hasKerberos);
  const ways = enabled.filter((name) => account === undefined || keyring.allows(account, methodOf[name]));
  const refusals = ways.map((mechanism) => refuseLogOn({ mechanism, settings, hasKerberos, tls }));
  const way = ways[refusals.indexOf(undefined)];
  const status =
    refuseInClear('AUTH', settings, tls) ??
    (ways.length === 0 ? replies.unknownMechanism : undefined) ??
    (way === undefined ? refusals[0] : undefined) ??
    (account === undefined ? replies.notAuthentic : undefined);
  if (status || way === undefined) {
    const refused = status ?? replies.unknownMechanism;
    const isKeyMissing =
      !hasKerberos &&
      account !== undefined &&
      settings.allowsIntegrated &&
      keyring.allows(account, 'kerberos');
    const [rule, setting] =
      refused === replies.unknownMechanism && isKeyMissing
        ? describeMissingKey(settings.kerberosKeytab)
        : refused === replies.unknownMechanism && enabled.length > 0
          ? waysThatAreOff
          : refused === replies.notAuthentic && isDisabled(user ?? '', { keyring, settings })
            ? accountDisabled
            : describeLogOnRefusal(refused);
    const text = `${user} cannot log in.`;
    return refusal({ decision: 'submit', text, rule, control: { setting }, status: refused });
  }
  const [title, setting] = settingOf(way);
  return {
    decision: 'submit',
    verdict: 'pass',
    text: `The client logs in as ${account}.`,
    rule: `${title} is on, and the account is enabled.`,
    control: { setting },
    reply: replyText(replies.authenticated),
  };
}

/** Title and name of the setting that switches a mechanism on. */
function settingOf(mechanism: MechanismName): RuleAndSetting {
  const method = methodOf[mechanism];
  if (method === 'basic') return ['Basic authentication', 'allowsBasic'];
  return method === 'ntlm' || method === 'kerberos'
    ? ['Integrated Windows Authentication', 'allowsIntegrated']
    : ['Challenge-response authentication', 'allowsChallengeResponse'];
}

type RuleAndSetting = readonly [rule: string, setting: string];

const secureChannel: RuleAndSetting = [
  'A secure channel is required: mail is taken on encrypted connections alone.',
  'requiresTls',
];

const waysThatAreOff: RuleAndSetting = [
  'None of the ways by which the account may log in is switched on.',
  'accounts',
];

const accountDisabled: RuleAndSetting = ['The account is disabled.', 'accounts'];

/** The system's log-ins are on, and none could be completed. */
function describeMissingKey(keytab: string): RuleAndSetting {
  const file = keytab === '' ? 'the key file of this computer' : `the file ${keytab}`;
  return [
    `The account logs in with Kerberos, and the Kerberos key file is missing or cannot be used: it is ${file}.`,
    'kerberosKeytab',
  ];
}

function isDisabled(
  user: string,
  { keyring, settings }: { readonly keyring: Keyring; readonly settings: ServerSettings },
): boolean {
  return namesToTry(user, settings.defaultLogonDomain).some((name) => keyring.isDisabled(name));
}

function describeLogOnRefusal(status: SmtpStatus): RuleAndSetting {
  if (status === replies.notAuthentic) return ['There is no enabled account of this name.', 'accounts'];
  if (status === replies.startTlsFirst) return secureChannel;
  if (status === replies.unknownMechanism) return ['No way to log in is switched on.', 'allowsBasic'];
  return ['A password is taken on an encrypted connection only.', 'basicRequiresTls'];
}

function describeSubmissionRefusal(status: SmtpStatus): RuleAndSetting {
  if (status === replies.startTlsFirst) return secureChannel;
  if (status === replies.notAuthenticated)
    return ['Anonymous access is off: the client has to log in.', 'allowsAnonymous'];
  return ['128-bit encryption is required.', 'requires128Bit'];
}

/** The account that a log-in with this name is tried at, without its password. */
export function findAccountOf(
  user: string,
  { keyring, settings }: { readonly keyring: Keyring; readonly settings: ServerSettings },
): string | undefined {
  for (const name of namesToTry(user, settings.defaultLogonDomain)) {
    const account = keyring.findAccount(name);
    if (account !== undefined) return account;
  }
  return undefined;
}

/** The address as MAIL or RCPT reads it, or the refusal that they give. '' is the null reverse-path. */
export function readAddress(keyword: 'FROM' | 'TO', given: string, defaultDomain: string): AddressResult {
  const text = keyword === 'FROM' && given.trim() === '' ? '<>' : given;
  const path = parsePathArgument(`${keyword}:${text}`, keyword, defaultDomain);
  if (path.kind === 'refused') return path;
  const rest = keyword === 'FROM' ? parseMailParameters(path.rest) : parseRecipientParameters(path.rest);
  return rest.isValid ? path : { kind: 'refused', status: rest.status };
}
