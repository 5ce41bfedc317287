/**
 * DNS for one check of a message: few questions, each once, all within one time.
 *
 * Messages name what is asked, so a hostile one could make this computer ask anything as often as it likes.
 */
import { Resolver } from 'node:dns/promises';

export interface BoundedDns {
  /** As `dns.promises.resolve`. Rejects with code ETIMEOUT where the time or the number of questions is used up. */
  readonly resolve: (name: string, type: string) => Promise<unknown>;
  readonly isSpent: boolean;
  close(): void;
}

export interface BoundedDnsOptions {
  /** "address", "address:port" or "[address]:port"; empty: those of this computer. */
  readonly servers: readonly string[];
  /** Default 100: SPF takes at most 10 that lead to 10 addresses each, DKIM and ARC one for a signature. */
  readonly mostQuestions?: number;
  /** For all together. Default 20,000. */
  readonly timeoutMs?: number;
}

const isAsked = new Set(['A', 'AAAA', 'MX', 'PTR', 'TXT']);

function codedError(code: string, text: string): Error {
  return Object.assign(new Error(text), { code });
}

export function openBoundedDns(options: BoundedDnsOptions): BoundedDns {
  const { servers, mostQuestions = 100, timeoutMs = 20_000 } = options;
  const resolver = new Resolver({ timeout: 3_000, tries: 2 });
  if (servers.length > 0) resolver.setServers(servers);
  const known = new Map<string, Promise<unknown>>();
  let isSpent = false;
  const spent = (): Error => codedError('ETIMEOUT', 'too many questions to DNS, or no answer in time');
  const timer = setTimeout(() => {
    isSpent = true;
    // Questions that are open are rejected with ECANCELLED.
    resolver.cancel();
  }, timeoutMs);

  async function ask(name: string, type: string): Promise<unknown> {
    try {
      return await resolver.resolve(name, type);
    } catch (error) {
      const { code } = error as { code?: string };
      // DNS cannot even be asked for such a name, so it cannot exist there.
      if (code === 'EBADNAME') throw codedError('ENOTFOUND', `${name} is no name`);
      // Readers of these answers know time-outs, and take nothing else for "try again later".
      if (code !== 'ENOTFOUND' && code !== 'ENODATA') throw codedError('ETIMEOUT', `DNS error ${code}`);
      throw error;
    }
  }

  return {
    resolve(name, type) {
      const key = `${type} ${name.toLowerCase()}`;
      const before = known.get(key);
      if (before) return before;
      if (!isAsked.has(type) || name.length > 255)
        return Promise.reject(codedError('ENOTFOUND', 'no such question'));
      if (isSpent || known.size >= mostQuestions) {
        isSpent = true;
        return Promise.reject(spent());
      }
      const answer = ask(name, type);
      known.set(key, answer);
      answer.catch(() => undefined);
      return answer;
    },
    get isSpent() {
      return isSpent;
    },
    close() {
      clearTimeout(timer);
      resolver.cancel();
    },
  };
}
