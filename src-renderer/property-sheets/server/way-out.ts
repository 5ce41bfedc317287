/** Where mail to other domains goes, in one sentence, by the values on the sheet. Pure. */
import type { Values } from '../draft';

/** Goes on after "Mail to other domains goes ". */
export function describeWayOut(values: Values): string {
  const { smartHost, triesDirectDelivery, outboundPort, outboundTls } = values;
  const how = ` on port ${String(outboundPort)}${outboundTls === 'required' || outboundTls === 'verified' ? ', with TLS required' : ''}.`;
  if (typeof smartHost !== 'string' || smartHost === '')
    return `directly to the hosts that DNS names for them${how}`;
  // Nobody but the smart host is given name and password.
  const logIn =
    values.outboundAuthentication === 'basic' ? ` (logged in as "${String(values.outboundUserName)}")` : '';
  return triesDirectDelivery === true
    ? `directly first, and to the smart host ${smartHost}${logIn} when that fails,${how}`
    : `to the smart host ${smartHost}${logIn}${how}`;
}
