/** Where mail to other domains goes, in one or two sentences, by the values on the sheet. Pure. */
import type { Values } from '../draft';

/** Goes on after "Mail to other domains goes ". */
export function describeWayOut(values: Values): string {
  const { smartHost, furtherSmartHosts, senderRoutes } = values;
  const others = typeof smartHost === 'string' && smartHost !== '' ? describeOthers(furtherSmartHosts) : '';
  return `${describeHosts(values)}${others}${describeRoutes(senderRoutes)}`;
}

function describeHosts(values: Values): string {
  const { smartHost, triesDirectDelivery, outboundPort } = values;
  const how = ` on port ${String(outboundPort)}${encryptionWords[String(values.outboundTls)] ?? ''}.`;
  if (typeof smartHost !== 'string' || smartHost === '')
    return `directly to the hosts that DNS names for them${how}`;
  const host = `the smart host ${smartHost}${describeLogIn(values)}`;
  return triesDirectDelivery === true
    ? `directly first, and to ${host} when that fails,${how}`
    : `to ${host}${how}`;
}

const encryptionWords: Readonly<Record<string, string>> = {
  off: ', without encryption',
  required: ', with TLS required',
  verified: ', with TLS and a valid certificate required',
};

/** Nobody but the smart host is given name and password. */
function describeLogIn({ outboundAuthentication, outboundUserName }: Values): string {
  const user = String(outboundUserName ?? '');
  if (outboundAuthentication === 'oauth2')
    return ` (logged in by OAuth2${user === '' ? '' : ` as "${user}"`})`;
  if (outboundAuthentication !== 'basic' && outboundAuthentication !== 'ntlm') return '';
  return ` (logged in as "${user}"${outboundAuthentication === 'ntlm' ? ' by NTLM' : ''})`;
}

const mostNamed = 2;

function describeOthers(hosts: unknown): string {
  if (!Array.isArray(hosts) || hosts.length === 0) return '';
  const names = (hosts as readonly { readonly host: string }[]).map(({ host }) => host);
  const rest = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '';
  return ` Where that cannot be reached, it goes to ${names.slice(0, mostNamed).join(', then ')}${rest}.`;
}

function describeRoutes(routes: unknown): string {
  if (!Array.isArray(routes) || routes.length === 0) return '';
  return routes.length === 1
    ? ' A route sends the mail of some senders another way.'
    : ` ${routes.length} routes send the mail of some senders other ways.`;
}
