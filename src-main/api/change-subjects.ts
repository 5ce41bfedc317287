/**
 * How each procedure stands in the record of changes: what its subject is, in words, or that it changes nothing. Pure.
 * A procedure that viewers may not call has a row here; a test holds the table and the contract together.
 */

/** What is known of a call. Names are those of before it: what is deleted or renamed has its old one. */
export interface CallFacts {
  /** Not validated where the call failed. */
  readonly input: Fields;
  /** Of a call that succeeded. */
  readonly output: Fields;
  /** Name of the virtual server that the call is about. */
  readonly server: string;
  /** Friendly name of the certificate that the call is about. */
  readonly certificate: string;
  /** Friendly name of the OAuth2 sign-in that the call is about. */
  readonly signIn: string;
}
export type Fields = Readonly<Record<string, unknown>>;

interface Wording {
  readonly subject: (facts: CallFacts) => string;
  /** 'settings': only what came out different, in the settings or the people, is a change. 'count': nothing was done when the answer counts 0. */
  readonly only?: 'settings' | 'count';
}

/** 'nothing': it only looks, or answers a question. */
export type ChangeWording = Wording | 'nothing';

const maxNamed = 5;

const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

function some(values: unknown): string {
  const all = Array.isArray(values) ? values.map(text) : [text(values)];
  const rest = all.length - maxNamed;
  return all.slice(0, maxNamed).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** "3 messages of Default SMTP Virtual Server: 0199..., 0199..." */
function counted(what: string, names: unknown, { output, server }: CallFacts): string {
  const count = Number(output.count);
  const named = names === undefined ? '' : `: ${some(names)}`;
  return `${count} ${what}${count === 1 ? '' : 's'} of ${server}${named}`;
}

const ofServer: Wording = { subject: ({ server }) => server };
const serverSettings: Wording = { ...ofServer, only: 'settings' };
const named: Wording = { subject: ({ input }) => text(input.name) };
const changedPerson: Wording = { ...named, only: 'settings' };
const ofCertificate: Wording = { subject: ({ certificate }) => certificate };
const ofSignIn: Wording = { subject: ({ signIn }) => signIn };
const domain: Wording = {
  subject: ({ input, server }) => `${text(input.name)} of ${server}`,
  only: 'settings',
};
const dkimKey: Wording = {
  subject: ({ input, server }) => `${text(input.selector)}._domainkey.${text(input.domain)} of ${server}`,
  only: 'settings',
};
const systemOperator: Wording = { subject: ({ input }) => `${text(input.kind)} ${text(input.name)}` };
const testMessage: Wording = {
  subject: ({ input, server }) => `${server}: from ${text(input.from)} to ${some(input.to)}`,
};

const chosenMail: Wording = {
  subject: (facts) => counted('message', namesOf(facts.input.chosen), facts),
  only: 'count',
};
const inFolder: Wording = {
  subject: (facts) => `${text(facts.input.folder)}, ${counted('message', facts.input.ids, facts)}`,
  only: 'count',
};

/** Which waiting mail a call named; undefined: all that a filter matched. */
function namesOf(chosen: unknown): unknown {
  if (typeof chosen !== 'object' || chosen === null) return undefined;
  const { queueIds, groups } = chosen as Fields;
  if (Array.isArray(queueIds)) return queueIds;
  return Array.isArray(groups) ? [...new Set(groups.map((group: Fields) => group.queueId))] : undefined;
}

/** By path of the procedure: "servers.set". */
export const changeSubjects: Readonly<Record<string, ChangeWording>> = {
  'system.folders': 'nothing',

  'servers.check': 'nothing',
  'servers.create': { ...named, only: 'settings' },
  'servers.set': serverSettings,
  'servers.rename': serverSettings,
  'servers.delete': serverSettings,
  'servers.start': ofServer,
  'servers.stop': ofServer,
  'servers.pause': ofServer,
  'servers.resume': ofServer,
  'servers.restart': ofServer,

  'domains.create': domain,
  'domains.set': domain,
  'domains.rename': {
    subject: ({ input, server }) => `${text(input.name)} of ${server}, now ${text(input.newName)}`,
    only: 'settings',
  },
  'domains.setDefault': domain,
  'domains.delete': domain,

  'sessions.terminate': { subject: ({ input, server }) => `session ${text(input.sessionId)} of ${server}` },
  'sessions.terminateMany': {
    subject: (facts) => counted('session', facts.input.sessionIds, facts),
    only: 'count',
  },
  'sessions.terminateAll': { subject: (facts) => counted('session', undefined, facts), only: 'count' },
  'sessions.liftLockOuts': {
    subject: (facts) => counted('lock-out', facts.input.addresses, facts),
    only: 'count',
  },

  'queue.retry': chosenMail,
  'queue.delete': chosenMail,
  'queue.hold': chosenMail,
  'queue.release': chosenMail,
  'queue.setWay': chosenMail,
  'queue.setRecipient': {
    subject: (facts) =>
      `${text(facts.input.from)}, now ${text(facts.input.to)}, in ${counted('message', undefined, facts)}`,
    only: 'count',
  },
  'queue.freeze': { subject: ({ input, server }) => `${text(input.destination)} of ${server}` },
  'queue.thaw': { subject: ({ input, server }) => `${text(input.destination)} of ${server}` },
  'queue.releaseForTrigger': {
    subject: (facts) => `${text(facts.input.domain)}, ${counted('message', undefined, facts)}`,
    only: 'count',
  },
  'messages.delete': inFolder,
  'messages.restore': inFolder,
  'messages.resend': {
    subject: ({ output }) => {
      const accepted = Array.isArray(output.accepted) ? output.accepted : [];
      return `${accepted.length} message${accepted.length === 1 ? '' : 's'}`;
    },
  },
  'messages.resendContent': {
    subject: ({ input, server }) => `${server}: from ${text(input.sender)} to ${some(input.recipients)}`,
  },
  // Notes about mail are no change of what Mailroot does.
  'search.mark': 'nothing',
  'search.save': 'nothing',
  'search.forget': 'nothing',
  'search.rebuild': 'nothing',
  'checks.links': 'nothing',
  'checks.spam': 'nothing',
  'collections.ask': { subject: ({ input, server }) => `${text(input.name)}, asked for mail of ${server}` },
  'test.send': testMessage,
  'test.run': testMessage,

  'certificates.createSelfSigned': named,
  'certificates.createRequest': named,
  'certificates.request': 'nothing',
  'certificates.installAnswer': ofCertificate,
  'certificates.importPfx': named,
  'certificates.importPem': named,
  // With its key it is a way to be somebody else: who took it is worth knowing.
  'certificates.export': {
    subject: ({ input, certificate }) =>
      `${certificate}, ${input.password === undefined ? 'without' : 'with'} its key`,
  },
  'certificates.renew': ofCertificate,
  'certificates.rename': { subject: ({ input, certificate }) => `${certificate}, now ${text(input.name)}` },
  'certificates.remove': ofCertificate,

  'oauth.create': named,
  'oauth.set': { ...ofSignIn, only: 'settings' },
  'oauth.delete': ofSignIn,
  'oauth.beginSignIn': ofSignIn,
  'oauth.pollSignIn': 'nothing',
  'oauth.completeSignIn': ofSignIn,
  'oauth.cancelSignIn': 'nothing',
  'oauth.renew': ofSignIn,

  'dkim.create': dkimKey,
  'dkim.import': dkimKey,
  'dkim.check': 'nothing',
  'dkim.set': dkimKey,
  'dkim.delete': dkimKey,

  'ldap.test': 'nothing',

  'accounts.list': 'nothing',
  'accounts.create': named,
  'accounts.set': changedPerson,
  'accounts.delete': named,
  'operators.list': 'nothing',
  'operators.create': named,
  'operators.set': changedPerson,
  'operators.delete': named,
  'systemOperators.list': 'nothing',
  'systemOperators.create': systemOperator,
  'systemOperators.set': { ...systemOperator, only: 'settings' },
  'systemOperators.delete': systemOperator,

  'diagnostics.lookUp': 'nothing',
  'changes.list': 'nothing',

  'settings.export': 'nothing',
  'settings.restore': { subject: () => 'settings file' },
  'settings.import': { subject: () => 'settings', only: 'settings' },
};
