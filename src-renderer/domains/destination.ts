/** Where mail for a domain goes, in words. Pure. */
import type { DomainRow } from '../../src-main/api/contract';

export function describeDestination({ settings }: DomainRow): string {
  if (settings.type !== 'remote') return 'Drop folder';
  const port = settings.port === null ? '' : `, port ${settings.port}`;
  const way = settings.smartHost === '' ? 'DNS (MX)' : `Smart host ${settings.smartHost}`;
  const verbs = settings.turnAccounts.length > 0 ? 'ATRN/TURN/ETRN' : 'ETRN';
  const held = settings.holdsForTrigger ? `Held for ${verbs}, then ` : '';
  return `${held}${way}${port}${settings.isRelayAllowed ? '; anybody may relay to it' : ''}`;
}
