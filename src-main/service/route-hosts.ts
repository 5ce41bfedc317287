/** Where a remote domain or a route by sender sends its mail, in words. Pure. */
import type { SenderRoute } from '../api/contract';

/** "DNS, port 2525", "mail.example.com, port 587, then backup.example.com". */
export function describeHosts({
  smartHost,
  port,
  furtherSmartHosts,
}: Pick<SenderRoute, 'smartHost' | 'port' | 'furtherSmartHosts'>): string {
  return [{ host: smartHost === '' ? 'DNS' : smartHost, port }, ...furtherSmartHosts]
    .map((each) => (each.port === null ? each.host : `${each.host}, port ${each.port}`))
    .join(', then ');
}
