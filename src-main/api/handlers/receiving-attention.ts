/** What about receiving waits for a person, as it is at the moment: nothing of it is kept. Pure. */
import type { ServerSettings } from '../../settings/schema';
import type { SystemStatus } from '../contract';

type Item = SystemStatus['attention'][number];

export interface ReceivingServer {
  readonly id: number;
  /** Name in force, which a key is for. */
  readonly fqdn: string;
  readonly settings: Pick<
    ServerSettings,
    'name' | 'connectionMode' | 'connectionList' | 'allowsIntegrated' | 'kerberosKeytab'
  >;
  /** Addresses that may not connect now. */
  readonly lockOutCount: number;
}

/** What shuts out most stands first. */
export function findReceivingAttention(
  servers: readonly ReceivingServer[],
  whyKerberosUnusable: (keytab: string) => string | undefined,
): Item[] {
  return servers.flatMap(({ id, fqdn, settings, lockOutCount }) => {
    const { name, connectionMode, connectionList, allowsIntegrated, kerberosKeytab } = settings;
    const found: Item[] = [];
    if (connectionMode === 'only' && connectionList.length === 0) {
      const text = `${name}: Nobody may connect: only the computers in the connection list may, and it is empty. Properties, tab Access, says who may connect.`;
      found.push({ serverId: id, code: 'nobody-may-connect', text, action: 'properties' });
    }
    const obstacle =
      allowsIntegrated && kerberosKeytab !== '' ? whyKerberosUnusable(kerberosKeytab) : undefined;
    if (obstacle !== undefined) {
      const text = `${name}: Kerberos is not offered with the key file ${kerberosKeytab}: ${withFullStop(obstacle)} Properties, tab Access, Authentication… names the file; it must hold the key of smtp/${fqdn} and be readable for Mailroot.`;
      found.push({ serverId: id, code: 'kerberos-unavailable', text, action: 'properties' });
    }
    if (lockOutCount > 0) {
      const [who, them] =
        lockOutCount === 1
          ? ['1 address is', 'it']
          : [`${lockOutCount.toLocaleString('en-US')} addresses are`, 'them'];
      const text = `${name}: ${who} locked out after failed log-ins. Current Sessions, Locked Out, shows ${them} and lets ${them} in again.`;
      found.push({ serverId: id, code: 'address-locked-out', text, action: 'sessions' });
    }
    return found;
  });
}

const withFullStop = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
