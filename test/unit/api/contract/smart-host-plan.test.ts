import { describe, expect, it } from 'vitest';
import {
  describePlan,
  findAnswerFaults,
  findPreset,
  planSmartHost,
  type SmartHostAnswers,
  type SmartHostPreset,
  serverSettings,
  smartHostPresets,
} from '../../../../src-main/api/contract';

const preset = (id: string): SmartHostPreset => findPreset(id) ?? expect.fail(`no preset ${id}`);
const server = serverSettings.parse({
  id: 1,
  name: 'Relay',
  bindings: [{ address: '', port: 25 }],
  homeDirectory: '/srv/mailroot',
  domains: [{ type: 'default', name: 'corp.test' }],
});
const signIn = '00112233445566ff';
/** What each needs at least. */
const answers: Readonly<Record<string, SmartHostAnswers>> = {
  'microsoft-365': { signIn },
  'microsoft-365-direct': { domain: 'corp.test' },
  'microsoft-365-connector': { domain: 'mail.corp.test' },
  gmail: { user: 'a@gmail.com', password: 'abcd efgh ijkl mnop' },
  'google-relay': {},
  'amazon-ses': { region: 'eu-central-1', user: 'AKIA', password: 'x' },
  sendgrid: { password: 'SG.x' },
  mailgun: { region: 'smtp.eu.mailgun.org', user: 'postmaster@mg.corp.test', password: 'x' },
  postmark: { user: 'PM-T', password: 'x' },
  mailroot: { host: 'relay.corp.test', user: 'branch', password: 'x' },
};

describe('each preset', () => {
  it('is tried here', () => {
    expect(Object.keys(answers).toSorted()).toEqual(smartHostPresets.map(({ id }) => id).toSorted());
  });

  it.each(smartHostPresets.map(({ id }) => id))('%s makes settings that the schema takes', (id) => {
    const given = answers[id] ?? {};
    expect(findAnswerFaults(preset(id), given)).toEqual([]);
    const { patch } = planSmartHost(preset(id), given);
    expect(serverSettings.safeParse({ ...server, ...patch }).error?.issues).toBeUndefined();
    expect(patch.smartHost).not.toMatch(/[{}]/);
  });

  it.each(smartHostPresets.map(({ id }) => id))(
    '%s never gives a password to a host that is not proven',
    (id) => {
      for (const { method } of preset(id).logins) {
        const { patch } = planSmartHost(preset(id), { ...answers[id], method });
        if (patch.outboundAuthentication !== 'anonymous') expect(patch.outboundTls).toBe('verified');
        else expect(patch.outboundTls).not.toBe('off');
      }
    },
  );
});

describe('a plan', () => {
  it.each([
    ['microsoft-365', 'smtp.office365.com', 587, 'oauth2'],
    ['microsoft-365-direct', 'corp-test.mail.protection.outlook.com', 25, 'anonymous'],
    ['microsoft-365-connector', 'mail-corp-test.mail.protection.outlook.com', 25, 'anonymous'],
    ['gmail', 'smtp.gmail.com', 587, 'basic'],
    ['google-relay', 'smtp-relay.gmail.com', 587, 'anonymous'],
    ['amazon-ses', 'email-smtp.eu-central-1.amazonaws.com', 587, 'basic'],
    ['sendgrid', 'smtp.sendgrid.net', 587, 'basic'],
    ['mailgun', 'smtp.eu.mailgun.org', 587, 'basic'],
    ['postmark', 'smtp.postmarkapp.com', 587, 'basic'],
    ['mailroot', 'relay.corp.test', 587, 'basic'],
  ] as const)('of %s goes to %s:%i by %s', (id, host, port, method) => {
    expect(planSmartHost(preset(id), answers[id] ?? {}).patch).toMatchObject({
      smartHost: host,
      outboundPort: port,
      outboundAuthentication: method,
    });
  });

  it('clears what belonged to another log-in', () => {
    const { patch } = planSmartHost(preset('microsoft-365'), { signIn, user: 'left', password: 'over' });
    expect(patch).toMatchObject({ outboundUserName: '', outboundPassword: '', outboundSignIn: signIn });
    expect(planSmartHost(preset('sendgrid'), { password: 'SG.x', signIn }).patch).toMatchObject({
      outboundUserName: 'apikey',
      outboundSignIn: '',
    });
  });

  it('keeps to the rate of Microsoft 365, and leaves the rate alone elsewhere', () => {
    expect(planSmartHost(preset('microsoft-365'), { signIn }).patch.maxMessagesPerMinute).toBe(30);
    expect('maxMessagesPerMinute' in planSmartHost(preset('sendgrid'), { password: 'x' }).patch).toBe(false);
  });

  it('tells what else of the virtual server it touches', () => {
    const surroundings = serverSettings.parse({
      ...server,
      domains: [
        ...server.domains,
        { type: 'remote', name: 'far.test' },
        { type: 'remote', name: 'own.test', port: 25 },
      ],
      smartHost: 'old.test',
      furtherSmartHosts: [{ host: 'spare.test' }],
    });
    const { notes } = planSmartHost(preset('sendgrid'), { password: 'x' }, surroundings);
    expect(notes.join('\n')).toMatch(/far\.test has none of their own/);
    expect(notes.join('\n')).not.toContain('own.test');
    expect(notes.join('\n')).toContain('further smart hosts stay');
  });

  it('is shown as old and new, without its password', () => {
    const before = { ...server, smartHost: 'old.test', outboundPassword: '********' };
    const { patch } = planSmartHost(preset('sendgrid'), { password: 'SG.secret' });
    const changes = describePlan(patch, before);
    expect(changes).toContainEqual({ setting: 'smartHost', before: 'old.test', after: 'smtp.sendgrid.net' });
    expect(changes).toContainEqual({ setting: 'outboundPassword', before: 'set', after: 'the new one' });
    expect(changes).toContainEqual({ setting: 'outboundPort', before: '25', after: '587' });
    expect(JSON.stringify(changes)).not.toContain('SG.secret');
    expect(changes.some(({ setting }) => setting === 'outboundMinimumTls')).toBe(false);
  });
});

describe('an answer is refused', () => {
  it.each([
    ['amazon-ses', { user: 'x', password: 'x' }, 'region'],
    ['amazon-ses', { region: 'eu central', user: 'x', password: 'x' }, 'region'],
    ['amazon-ses', { region: 'evil.test/', user: 'x', password: 'x' }, 'region'],
    ['mailgun', { region: 'smtp.evil.test', user: 'x', password: 'x' }, 'region'],
    ['microsoft-365-direct', { domain: 'corp' }, 'domain'],
    ['microsoft-365', {}, 'signIn'],
    ['microsoft-365', { signIn, sender: 'not an address' }, 'sender'],
    ['microsoft-365', { method: 'basic', user: 'x' }, 'password'],
    ['microsoft-365', { method: 'anonymous', signIn }, 'method'],
    ['gmail', { password: 'x' }, 'user'],
    ['mailroot', { host: '192.0.2.1 x', user: 'x', password: 'x' }, 'host'],
    ['mailroot', { host: '[192.0.2.1]', port: '0', user: 'x', password: 'x' }, 'port'],
    ['mailroot', { host: '[192.0.2.1]', port: '65536', user: 'x', password: 'x' }, 'port'],
  ] as const)('of %s: %j, at %s', (id, given, field) => {
    expect(findAnswerFaults(preset(id), given).map((fault) => fault.field)).toEqual([field]);
  });
});
