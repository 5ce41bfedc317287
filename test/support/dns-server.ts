/**
 * A real DNS server on loopback (UDP and TCP on one free port) with the zones a test gives it.
 *
 *   const dns = await startDnsServer({
 *     'example.test': { mx: [[10, 'mx1.example.test'], [20, 'mx2.example.test']] },
 *     'mx1.example.test': { a: ['127.0.0.1'], aaaa: ['::1'] },
 *     '1.0.0.127.in-addr.arpa': { ptr: ['client.example.test'] },
 *     'null.test': { mx: [[0, '']] },          // null MX, RFC 7505
 *     'broken.test': 'servfail',               // whole name
 *     'half.test': { mx: 'silent', a: ['127.0.0.1'] },  // one type
 *   });
 *   settings.dnsServers = [dns.server];        // "127.0.0.1:port"
 *   dns.zones['example.test'] = ...            // changes work at once
 *   await dns.close();
 *
 * A name that is not listed does not exist (NXDOMAIN). A type that is not listed has no records (NOERROR,
 * empty). 'silent' never answers. CNAMEs are not followed. `queries` lists what was asked.
 */
import { createServer, type DnsServer, Packet } from 'dns2';

type DnsFault = 'nxdomain' | 'servfail' | 'refused' | 'silent';

interface DnsRecords {
  /** Preference and host. */
  readonly mx?: readonly (readonly [number, string])[] | DnsFault;
  readonly a?: readonly string[] | DnsFault;
  readonly aaaa?: readonly string[] | DnsFault;
  readonly txt?: readonly string[] | DnsFault;
  /** Priority, weight, port and host. */
  readonly srv?: readonly (readonly [number, number, number, string])[] | DnsFault;
  /** Names; the zone is the reverse name of the address. */
  readonly ptr?: readonly string[] | DnsFault;
}

export type DnsZones = Record<string, DnsRecords | DnsFault>;

interface DnsQuery {
  readonly name: string;
  readonly type: string;
}

export interface LoopbackDnsServer {
  /** "127.0.0.1:port", the form in the settings. */
  readonly server: string;
  readonly port: number;
  readonly zones: DnsZones;
  readonly queries: DnsQuery[];
  close(): Promise<void>;
}

const typeNames = new Map<number, 'mx' | 'a' | 'aaaa' | 'ptr' | 'txt' | 'srv'>([
  [Packet.TYPE.MX, 'mx'],
  [Packet.TYPE.A, 'a'],
  [Packet.TYPE.AAAA, 'aaaa'],
  [Packet.TYPE.PTR, 'ptr'],
  [Packet.TYPE.TXT, 'txt'],
  [Packet.TYPE.SRV, 'srv'],
]);

export async function startDnsServer(zones: DnsZones = {}): Promise<LoopbackDnsServer> {
  const queries: DnsQuery[] = [];
  const handle = (request: Packet, send: (answer: Packet) => void): void => {
    const question = request.questions[0];
    if (!question) return;
    const name = question.name.toLowerCase();
    const type = typeNames.get(question.type ?? 0);
    queries.push({ name, type: type ?? String(question.type) });
    const zone = zones[name] ?? 'nxdomain';
    const records = typeof zone === 'string' ? zone : type === undefined ? [] : (zone[type] ?? []);
    if (records === 'silent') return;
    const answer = Packet.createResponseFromRequest(request);
    if (records === 'nxdomain') answer.header.rcode = Packet.RCODE.NXDOMAIN;
    else if (records === 'servfail') answer.header.rcode = Packet.RCODE.SERVFAIL;
    else if (records === 'refused') answer.header.rcode = Packet.RCODE.REFUSED;
    else {
      for (const record of records) {
        const base = { name: question.name, type: question.type, class: Packet.CLASS.IN, ttl: 60 };
        const data =
          typeof record === 'string'
            ? type === 'ptr'
              ? { domain: record }
              : type === 'txt'
                ? { data: record.match(/.{1,255}/gs) ?? [''] }
                : { address: record }
            : record.length === 4
              ? { priority: record[0], weight: record[1], port: record[2], target: record[3] }
              : { priority: record[0], exchange: record[1] };
        answer.answers.push({ ...base, ...data } as unknown as Packet['answers'][number]);
      }
    }
    send(answer);
  };

  const { server, port } = await listenOnOnePort(handle);
  return {
    server: `127.0.0.1:${port}`,
    port,
    zones,
    queries,
    async close() {
      await server.close();
    },
  };
}

type Handle = (request: Packet, send: (answer: Packet) => void) => void;

/** The free UDP port must be free for TCP too; another process may hold it, so a few are tried. */
async function listenOnOnePort(handle: Handle): Promise<{ server: DnsServer; port: number }> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createServer({ udp: true, tcp: true, handle });
    const failed = new Promise<false>((resolve) => server.once('error', () => resolve(false)));
    const listening = server
      .listen({ udp: { port, address: '127.0.0.1' }, tcp: { port, address: '127.0.0.1' } })
      .then(() => true);
    if (await Promise.race([listening, failed])) {
      server.on('error', () => undefined);
      return { server, port };
    }
    void server.close().catch(() => undefined);
  }
  throw new Error('no free port for a DNS server on loopback');
}
