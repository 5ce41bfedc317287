/**
 * Secrets of the settings document: sealed on their way in, hidden on their way out. Pure but for the box.
 *
 * Which fields are secrets is read from the schema (`x-secret`); there is no second list.
 * Promises: what `sealSecrets` and `sealFile` return holds no secret in clear; what `hideSecrets` returns holds none
 *   at all. A sealed text that comes from outside is taken only where the same virtual server holds it already: it
 *   cannot be carried from one place to another, where another host would get to see the password.
 * Fails: Problem 'invalid' with the field for a sealed text that was never ours; what the box throws.
 */
import { z } from 'zod';
import { Problem } from '../engine/core/problem';
import { keptSecret, type Settings, sealedPrefix, settingsDocument } from './schema';
import type { SecretBox } from './secret-box';

/** Where secrets are below a schema: by field, or in each element of a list. */
type SecretTree =
  | { readonly kind: 'secret' }
  | { readonly kind: 'list'; readonly element: SecretTree }
  | { readonly kind: 'fields'; readonly fields: ReadonlyMap<string, SecretTree> };

const trees = new WeakMap<z.core.$ZodType, { readonly tree: SecretTree | undefined }>();

function secretsOf(schema: z.core.$ZodType): SecretTree | undefined {
  let known = trees.get(schema);
  if (!known) {
    known = { tree: findSecrets(schema) };
    trees.set(schema, known);
  }
  return known.tree;
}

function findSecrets(schema: z.core.$ZodType): SecretTree | undefined {
  if (z.globalRegistry.get(schema)?.['x-secret'] === true) return { kind: 'secret' };
  if (schema instanceof z.ZodArray) {
    const element = secretsOf(schema.element);
    return element && { kind: 'list', element };
  }
  if (schema instanceof z.ZodObject) return ofFields(Object.entries(schema.shape));
  // The options tell themselves apart by other fields; a secret is one wherever its name stands.
  if (schema instanceof z.ZodUnion) {
    return ofFields(
      schema.options.flatMap((option) => (option instanceof z.ZodObject ? Object.entries(option.shape) : [])),
    );
  }
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodReadonly
  )
    return secretsOf(schema.unwrap());
  return undefined;
}

function ofFields(entries: readonly (readonly [string, z.core.$ZodType])[]): SecretTree | undefined {
  const fields = new Map<string, SecretTree>();
  for (const [name, schema] of entries) {
    const tree = secretsOf(schema);
    if (tree) fields.set(name, tree);
  }
  return fields.size === 0 ? undefined : { kind: 'fields', fields };
}

type Path = readonly (string | number)[];
/** The secret to put in the place of `value`; `before` is what the same place held. */
type Replace = (value: string, before: string, path: Path) => string;

/** Copies only what holds a replaced secret. */
function mapSecrets(
  tree: SecretTree | undefined,
  value: unknown,
  at: { readonly before: unknown; readonly path: Path },
  replace: Replace,
): unknown {
  if (!tree) return value;
  if (tree.kind === 'secret') {
    const before = typeof at.before === 'string' ? at.before : '';
    return typeof value === 'string' ? replace(value, before, at.path) : value;
  }
  if (tree.kind === 'list') {
    if (!Array.isArray(value)) return value;
    const before = elementsByKey(at.before, value);
    let isChanged = false;
    const mapped = value.map((element: unknown, index) => {
      const inner = { before: before.get(keyOf(element)), path: [...at.path, index] };
      const next = mapSecrets(tree.element, element, inner, replace);
      isChanged ||= next !== element;
      return next;
    });
    return isChanged ? mapped : value;
  }
  if (!isRecord(value)) return value;
  const before = isRecord(at.before) ? at.before : {};
  const changes: Record<string, unknown> = {};
  for (const [name, inner] of tree.fields) {
    if (!Object.hasOwn(value, name)) continue;
    const next = mapSecrets(inner, value[name], { before: before[name], path: [...at.path, name] }, replace);
    if (next !== value[name]) changes[name] = next;
  }
  return Object.keys(changes).length === 0 ? value : { ...value, ...changes };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Virtual servers are the same by number, domains by name. */
const keyOf = (element: unknown): string | undefined => {
  if (!isRecord(element)) return undefined;
  if (typeof element.id === 'number') return `#${element.id}`;
  // What tells an entry from the others of its list: a name, a further smart host's address, a key's place in DNS.
  const { name, host, port, selector, domain, type } = element;
  // Of a domain the name says who gets to see the password.
  if (typeof type === 'string' && typeof name === 'string') return `@${name.toLowerCase()}`;
  const key =
    name ??
    (host === undefined ? undefined : `${host}:${port ?? ''}`) ??
    (selector === undefined ? undefined : `${selector}._domainkey.${domain}`);
  return typeof key === 'string' ? key.toLowerCase() : undefined;
};

/** A virtual server or a domain: another one is another one. */
const isFixed = (key: string | undefined): boolean => key !== undefined && /^[#@]/.test(key);

/**
 * The elements of `list` by what they are known by in `next`: the one that is gone under its new name, where one is gone
 * and one is new. With more of them nobody could tell which password is whose.
 */
function elementsByKey(list: unknown, next: readonly unknown[]): Map<string | undefined, unknown> {
  const elements = new Map(Array.isArray(list) ? list.map((element) => [keyOf(element), element]) : []);
  const keys = new Set(next.map(keyOf));
  const gone = [...elements.keys()].filter((key) => !keys.has(key));
  const added = [...keys].filter((key) => !elements.has(key));
  const isRenamed = gone.length === 1 && added.length === 1 && !isFixed(gone[0]);
  if (isRenamed) elements.set(added[0], elements.get(gone[0]));
  return elements;
}

/**
 * A document from outside, or a changed one, with its secrets sealed. `keptSecret` becomes what the same place (virtual
 * server by number, domain by name) held before, and '' when it held none.
 */
export function sealSecrets(next: Settings, previous: Settings, box: SecretBox): Settings {
  const own = new Map(previous.servers.map((server) => [server.id, storedSecrets(server, previous)]));
  return mapDocument(next, previous, (value, before, path) => {
    if (value === keptSecret) return sealed(before, box);
    if (!value.startsWith(sealedPrefix)) return sealed(value, box);
    const server = typeof path[1] === 'number' ? next.servers[path[1]] : undefined;
    // The same virtual server and not just the same place: a domain takes its password along when it is renamed.
    if (server && own.get(server.id)?.has(value)) return value;
    throw new Problem(
      'invalid',
      `Enter the password itself, or "${keptSecret}" to leave it as it is.`,
      path.join('.'),
    );
  });
}

/**
 * The document of the settings file: whoever may write there owns the secrets, so what is sealed stays. A clear text is
 * one that a person wrote there by hand.
 */
export function sealFile(document: Settings, previous: Settings | undefined, box: SecretBox): Settings {
  return mapDocument(document, previous, (value, before) =>
    sealed(value === keptSecret ? before : value, box),
  );
}

/** `keptSecret` stands for nothing here: there is nothing that it could have been. */
function sealed(text: string, box: SecretBox): string {
  if (text === '' || text === keptSecret) return '';
  return text.startsWith(sealedPrefix) ? text : box.seal(text);
}

/** Settings as they may leave this program: `keptSecret` instead of each secret that is set. */
export function hideSecrets<T>(value: T, schema: z.core.$ZodType = settingsDocument): T {
  return mapSecrets(secretsOf(schema), value, { before: undefined, path: [] }, (secret) =>
    secret === '' ? '' : keptSecret,
  ) as T;
}

const mapDocument = (next: Settings, previous: Settings | undefined, replace: Replace): Settings =>
  mapSecrets(secretsOf(settingsDocument), next, { before: previous, path: [] }, replace) as Settings;

function storedSecrets(server: Settings['servers'][number], document: Settings): Set<string> {
  const found = new Set<string>();
  mapDocument({ ...document, servers: [server] }, undefined, (value) => {
    if (value !== '') found.add(value);
    return value;
  });
  return found;
}
