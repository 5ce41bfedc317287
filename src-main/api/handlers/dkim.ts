/** DKIM keys of a virtual server. What DNS had is remembered until the program ends; nothing else is kept here. */
import {
  checkDmarc,
  checkRecord,
  checkSpf,
  createKey,
  describeKey,
  dmarcNamesOf,
  type KeyFacts,
  readKey,
  recordOf,
  type TxtAnswer,
} from '../../dkim';
import { Problem, reasonOf } from '../../engine/core/problem';
import type { DkimAlgorithm, DkimKey } from '../../settings/schema';
import type { DkimKeyRow, DkimRecord, DkimRecordCheck } from '../contract';
import type { Implementer } from '../implementer';
import { withLocalFields, withServer } from './servers';
import type { Services } from './services';

interface KeyPlace {
  readonly serverId: number;
  readonly domain: string;
  readonly selector: string;
}

const nameOf = ({ selector, domain }: Pick<KeyPlace, 'selector' | 'domain'>): string =>
  `${selector}._domainkey.${domain}`.toLowerCase();

/** What DNS can ask for. */
const longestName = 253;
/** Keys come and go; what is remembered of them must not grow for ever. */
const mostChecks = 2_000;

export function createDkimHandlers(os: Implementer, { engine, changeSettings }: Services) {
  /** By number of the virtual server, name and public key: another key begins without. */
  const checks = new Map<string, DkimRecordCheck>();
  /** By object identity: settings are replaced as a whole when they change. */
  const known = new WeakMap<DkimKey, KeyFacts>();

  const keysOf = (serverId: number): readonly DkimKey[] => engine.server(serverId).settings.dkimKeys;
  const find = ({ serverId, ...place }: KeyPlace): DkimKey => {
    const found = keysOf(serverId).find((key) => nameOf(key) === nameOf(place));
    if (found) return found;
    const { name } = engine.server(serverId).settings;
    throw new Problem('not-found', `${name} has no DKIM key ${nameOf(place)}.`, 'selector');
  };
  /** Throws Problem 'unavailable' when the private key cannot be used. */
  const factsOf = (serverId: number, key: DkimKey): KeyFacts => {
    let facts = known.get(key);
    if (!facts) {
      facts = describeKey(engine.server(serverId).keyring.unseal(key.privateKey), key.algorithm);
      known.set(key, facts);
    }
    return facts;
  };
  const checkKeyOf = (serverId: number, key: DkimKey, { publicKey }: KeyFacts): string =>
    `${serverId}/${nameOf(key)}/${publicKey.toString('base64')}`;

  const rowOf = (serverId: number, key: DkimKey): DkimKeyRow => {
    const { domain, selector, algorithm, isSigning } = key;
    const row = { domain, selector, name: nameOf(key), algorithm, isSigning };
    try {
      const facts = factsOf(serverId, key);
      const lastCheck = checks.get(checkKeyOf(serverId, key, facts));
      return {
        ...row,
        ...(facts.bits === undefined ? {} : { bits: facts.bits }),
        ...(lastCheck ? { lastCheck } : {}),
      };
    } catch (error) {
      return { ...row, fault: reasonOf(error) };
    }
  };
  const recordAt = (serverId: number, key: DkimKey): DkimRecord =>
    recordOf(nameOf(key), factsOf(serverId, key));

  const change = async (
    serverId: number,
    edit: (keys: readonly DkimKey[]) => readonly unknown[],
  ): Promise<void> => {
    try {
      await withLocalFields(() =>
        changeSettings((now) =>
          withServer(now, serverId, (server) => ({ ...server, dkimKeys: edit(server.dkimKeys) })),
        ),
      );
    } catch (error) {
      if (!(error instanceof Problem) || error.field === undefined) throw error;
      // Callers know which key they meant.
      const field = error.field.replace(/^dkimKeys\.\d+\.?/, '');
      throw new Problem(error.code, error.message, field, { cause: error });
    }
  };
  /** Refused before a key is made, which may take a second. */
  const refuseName = (place: KeyPlace): void => {
    const name = nameOf(place);
    if (keysOf(place.serverId).some((key) => nameOf(key) === name))
      throw new Problem('conflict', `${name} is listed already. Choose another selector.`, 'selector');
    if (name.length > longestName)
      throw new Problem(
        'invalid',
        `${name} is longer than a name in DNS may be (${longestName} characters).`,
        'selector',
      );
  };
  const add = async (
    place: KeyPlace,
    key: { readonly algorithm: DkimAlgorithm; readonly privateKey: string },
  ): Promise<{ row: DkimKeyRow; record: DkimRecord }> => {
    const { serverId, domain, selector } = place;
    await change(serverId, (keys) => [...keys, { domain, selector, ...key, isSigning: false }]);
    const added = find(place);
    return { row: rowOf(serverId, added), record: recordAt(serverId, added) };
  };

  type Ask = (name: string) => Promise<TxtAnswer>;
  const withTxt = <T>(serverId: number, run: (ask: Ask) => Promise<T>): Promise<T> =>
    engine.server(serverId).withDns((dns) => run((name) => dns.readTxt(name)));
  const checkNow = async (ask: Ask, serverId: number, key: DkimKey): Promise<DkimRecordCheck> => {
    const facts = factsOf(serverId, key);
    const name = nameOf(key);
    const check = { at: engine.clock.now(), ...checkRecord(name, await ask(name), facts) };
    const [oldest] = checks.keys();
    if (checks.size >= mostChecks && oldest !== undefined) checks.delete(oldest);
    checks.set(checkKeyOf(serverId, key, facts), check);
    return check;
  };

  return {
    list: os.dkim.list.handler(({ input: { serverId } }) =>
      keysOf(serverId).map((key) => rowOf(serverId, key)),
    ),
    create: os.dkim.create.handler(async ({ input }) => {
      const { algorithm, bits } = input;
      refuseName(input);
      return add(input, { algorithm, privateKey: await createKey(algorithm, bits) });
    }),
    import: os.dkim.import.handler(({ input }) => {
      refuseName(input);
      return add(input, readKey(input.pem));
    }),
    record: os.dkim.record.handler(({ input }) => recordAt(input.serverId, find(input))),
    check: os.dkim.check.handler(({ input }) => {
      const { serverId } = input;
      const key = find(input);
      return withTxt(serverId, async (ask) => {
        const [record, spf, dmarc] = await Promise.all([
          checkNow(ask, serverId, key),
          ask(key.domain),
          Promise.all(dmarcNamesOf(key.domain).map(async (name) => ({ name, answer: await ask(name) }))),
        ]);
        return { record, spf: checkSpf(key.domain, spf), dmarc: checkDmarc(key.domain, dmarc) };
      });
    }),
    set: os.dkim.set.handler(async ({ input }) => {
      const { serverId, isSigning, isConfirmed } = input;
      const key = find(input);
      if (isSigning && !key.isSigning) {
        // A key that cannot be opened would only make mail wait: that is not for confirming.
        factsOf(serverId, key);
        const check = await withTxt(serverId, (ask) => checkNow(ask, serverId, key));
        if (!isConfirmed && check.state !== 'published' && check.state !== 'testing')
          throw new Problem('refused', check.text, 'isConfirmed');
      }
      await change(serverId, (keys) =>
        keys.map((each) => (nameOf(each) === nameOf(key) ? { ...each, isSigning } : each)),
      );
      return rowOf(serverId, find(input));
    }),
    delete: os.dkim.delete.handler(async ({ input }) => {
      const name = nameOf(find(input));
      await change(input.serverId, (keys) => keys.filter((key) => nameOf(key) !== name));
      return {};
    }),
  };
}
