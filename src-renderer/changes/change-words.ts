/** What was done and to what, in the words of the console. Pure. */
import type { z } from 'zod';
import { type ChangeRow, localDomain, remoteDomain, serverSettings } from '../../src-main/api/contract';

/** Procedures as people know them; one that is not here is shown by its name. */
const actionWords: Readonly<Record<string, string>> = {
  'servers.create': 'Virtual server created',
  'servers.set': 'Settings changed',
  'servers.rename': 'Virtual server renamed',
  'servers.delete': 'Virtual server deleted',
  'servers.start': 'Started',
  'servers.stop': 'Stopped',
  'servers.pause': 'Paused',
  'servers.resume': 'Resumed',
  'servers.restart': 'Restarted',
  'domains.create': 'Domain created',
  'domains.set': 'Domain changed',
  'domains.rename': 'Domain renamed',
  'domains.setDefault': 'Default domain changed',
  'domains.delete': 'Domain deleted',
  'sessions.terminate': 'Session terminated',
  'sessions.terminateMany': 'Sessions terminated',
  'sessions.terminateAll': 'All sessions terminated',
  'sessions.liftLockOuts': 'Let in again',
  'queue.retry': 'Retried now',
  'queue.delete': 'Deleted from Queue',
  'queue.hold': 'Held in Queue',
  'queue.release': 'Released in Queue',
  'queue.setWay': 'Route changed in Queue',
  'queue.setRecipient': 'Recipient changed in Queue',
  'queue.freeze': 'Destination frozen',
  'queue.thaw': 'Destination thawed',
  'queue.releaseForTrigger': 'Held mail released',
  'messages.delete': 'Messages deleted',
  'messages.restore': 'Messages restored',
  'messages.resend': 'Messages sent again',
  'messages.resendContent': 'Opened message sent',
  'test.send': 'Test message sent',
  'test.run': 'Test message sent',
  'certificates.createSelfSigned': 'Certificate created',
  'certificates.createRequest': 'Certificate request created',
  'certificates.installAnswer': 'Certificate installed',
  'certificates.importPfx': 'Certificate imported',
  'certificates.importPem': 'Certificate imported',
  'certificates.export': 'Certificate exported',
  'certificates.renew': 'Certificate renewed',
  'certificates.rename': 'Certificate renamed',
  'certificates.remove': 'Certificate removed',
  'collections.ask': 'Asked for mail',
  'dkim.create': 'DKIM key made',
  'dkim.import': 'DKIM key imported',
  'dkim.set': 'DKIM key changed',
  'dkim.delete': 'DKIM key deleted',
  'oauth.create': 'OAuth2 sign-in added',
  'oauth.set': 'OAuth2 sign-in changed',
  'oauth.delete': 'OAuth2 sign-in removed',
  'oauth.beginSignIn': 'Sign-in begun',
  'oauth.completeSignIn': 'Sign-in completed',
  'oauth.renew': 'OAuth2 token renewed',
  'accounts.create': 'Account created',
  'accounts.set': 'Account changed',
  'accounts.delete': 'Account deleted',
  'operators.create': 'Operator added',
  'operators.set': 'Operator changed',
  'operators.delete': 'Operator removed',
  'systemOperators.create': 'System operator added',
  'systemOperators.set': 'System operator changed',
  'systemOperators.delete': 'System operator removed',
  'settings.import': 'Settings imported',
  'settings.restore': 'Settings file restored',
  'settings.file': 'Settings file edited',
};

export const actionWord = (action: string): string => actionWords[action] ?? action;

const viaWords: Record<ChangeRow['via'], string> = {
  control: 'command line',
  browser: 'browser console',
  desktop: 'desktop',
  file: 'settings file',
  start: 'start of Mailroot',
};

export const viaWord = (via: ChangeRow['via']): string => viaWords[via];

const titleIn = (shape: Readonly<Record<string, z.ZodType>>, key: string): string | undefined =>
  Object.hasOwn(shape, key) ? shape[key]?.meta()?.title : undefined;

/**
 * "Smart host (Default SMTP Virtual Server)" for "servers.1.smartHost"; what is not known is shown as it is.
 *
 * @param serverName name of a virtual server by its number; undefined: it is gone
 */
export function fieldWords(field: string, serverName: (serverId: number) => string | undefined): string {
  const [area, id, ...rest] = field.split('.');
  if (area !== 'servers' || rest.length === 0) return field;
  const owner = serverName(Number(id)) ?? `virtual server ${id}`;
  if (rest[0] === 'domains' && rest.length > 1) {
    const key = rest.at(-1) ?? '';
    const title = titleIn(remoteDomain.shape, key) ?? titleIn(localDomain.shape, key);
    const domain = rest.slice(1, title === undefined ? undefined : -1).join('.');
    return title === undefined ? `Domain ${domain} (${owner})` : `${title} (${domain}, ${owner})`;
  }
  const title = titleIn(serverSettings.shape, rest[0] ?? '');
  const detail = rest.slice(1).join('.');
  return `${title ?? rest[0]}${detail === '' ? '' : ` ${detail}`} (${owner})`;
}
