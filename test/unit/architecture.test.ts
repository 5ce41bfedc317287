/**
 * Who may import whom. The table is the architecture; an exception needs a record in docs/decisions and a
 * row here.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

interface Rule {
  /** Folder or file the rule is for; the longest match decides. */
  readonly for: string;
  /** Folders and files of ours it may import, besides its own folder. */
  readonly mayImport: readonly string[];
  /** Packages it may import; '*' is any but electron. */
  readonly packages: readonly string[];
  readonly mayUseNode: boolean;
}

const core = 'src-main/engine/core';
const disk = 'src-main/engine/disk';
const schema = 'src-main/settings/schema';
const contract = 'src-main/api/contract';
const mailContent = 'src-main/mail-content';

/** What two sides of a conversation both need: messages and arithmetic of NTLM, old versions of TLS. */
const ntlm = 'src-main/engine/ntlm';
const tls = 'src-main/engine/tls';

const enginePart = (
  name: string,
  packages: readonly string[] = [],
  shared: readonly string[] = [],
): Rule => ({
  for: `src-main/engine/${name}`,
  mayImport: [core, disk, schema, ...shared],
  packages,
  mayUseNode: true,
});
const feature = (name: string, shared: readonly string[] = []): Rule => ({
  for: `src-renderer/${name}`,
  mayImport: ['src-renderer/client', 'src-renderer/ui', contract, ...shared],
  packages: ['*'],
  mayUseNode: false,
});

const rules: readonly Rule[] = [
  // Read by the page and by worker threads: neither Node nor DOM.
  { for: mailContent, mayImport: [], packages: [], mayUseNode: false },
  { for: core, mayImport: [], packages: [], mayUseNode: false },
  { for: disk, mayImport: [core], packages: [], mayUseNode: true },
  { for: ntlm, mayImport: [], packages: [], mayUseNode: true },
  { for: tls, mayImport: [schema], packages: [], mayUseNode: true },
  enginePart('smtp-in', ['smtp-server'], [ntlm, tls]),
  enginePart('mailroot', ['chokidar']),
  enginePart('queue', ['zod']),
  enginePart('routing'),
  enginePart('delivery', ['nodemailer'], [ntlm, tls]),
  enginePart('mta-sts', [], [tls]),
  enginePart('directory', ['ldapts'], [tls]),
  enginePart('dsn'),
  enginePart('collection'),
  enginePart('protocol-log'),
  enginePart('trace'),
  // The wiring of the engine: engine.ts, virtual-server.ts and what describes a server in words.
  { for: 'src-main/engine', mayImport: ['src-main/engine', schema], packages: [], mayUseNode: true },
  { for: 'src-main/test-mail', mayImport: [core], packages: ['nodemailer'], mayUseNode: true },
  { for: schema, mayImport: [], packages: ['zod'], mayUseNode: false },
  { for: 'src-main/settings', mayImport: [core, schema], packages: ['zod'], mayUseNode: true },
  { for: contract, mayImport: [core, schema], packages: ['zod', '@orpc/contract'], mayUseNode: false },
  {
    for: 'src-main/api/handlers',
    mayImport: [
      contract,
      core,
      'src-main/engine/engine',
      'src-main/engine/virtual-server',
      'src-main/engine/server-summary',
      'src-main/engine/queue-view',
      'src-main/engine/message-view',
      'src-main/engine/resend',
      'src-main/engine/resting-mail',
      'src-main/engine/test-run',
      'src-main/engine/explain',
      'src-main/engine/look-up',
      'src-main/engine/examine-address',
      'src-main/settings',
      'src-main/people',
      'src-main/certificates',
      'src-main/dkim',
      'src-main/oauth',
      'src-main/changes',
      'src-main/trace',
      'src-main/mail-index',
      'src-main/mail-checks',
      'src-main/test-mail',
      'src-main/api/implementer',
      'src-main/api/kept-warnings',
      'src-main/api/live-feed',
    ],
    packages: ['zod', '@orpc/server'],
    mayUseNode: true,
  },
  {
    for: 'src-main/api/http',
    mayImport: [
      contract,
      core,
      'src-main/engine/disk/make-folder',
      'src-main/settings',
      'src-main/people',
      'src-main/native',
      'src-main/api/dispatch',
      'src-main/api/implementer',
    ],
    packages: ['@orpc/server', '@orpc/client', '@orpc/contract', 'zod'],
    mayUseNode: true,
  },
  {
    for: 'src-main/api',
    mayImport: ['src-main/api', core, 'src-main/settings', 'src-main/changes'],
    packages: ['@orpc/server', 'zod'],
    mayUseNode: true,
  },
  {
    for: 'src-main/compose',
    mayImport: [
      'src-main/api',
      'src-main/settings',
      'src-main/people',
      'src-main/certificates',
      'src-main/oauth',
      'src-main/changes',
      'src-main/native',
      'src-main/mail-index',
      'src-main/trace',
      'src-main/mail-checks',
      'src-main/engine/engine',
      core,
      disk,
    ],
    packages: [],
    mayUseNode: true,
  },
  // Calls into the system's libraries. People and the engine get what they need of it as functions.
  { for: 'src-main/native', mayImport: [core], packages: ['koffi'], mayUseNode: true },
  // Secrets, accounts and certificates of a data folder: stores that the engine knows as a Keyring only.
  { for: 'src-main/people', mayImport: [core, disk, ntlm, contract], packages: ['zod'], mayUseNode: true },
  {
    for: 'src-main/certificates',
    mayImport: [core, disk, contract, 'src-main/settings'],
    packages: ['zod', '@peculiar/x509', 'node-forge', 'reflect-metadata'],
    mayUseNode: true,
  },
  {
    for: 'src-main/oauth',
    mayImport: [core, disk, contract, schema],
    packages: ['zod', 'oauth4webapi'],
    mayUseNode: true,
  },
  // Keys and their records in DNS; the engine signs with what the settings have of them.
  { for: 'src-main/dkim', mayImport: [core, schema, contract], packages: [], mayUseNode: true },
  {
    for: 'src-main/changes',
    mayImport: [core, disk, contract, 'src-main/settings'],
    packages: [],
    mayUseNode: true,
  },
  // Threads beside the engine's: calls and answers, and what dies with them.
  { for: 'src-main/worker', mayImport: [core], packages: [], mayUseNode: true },
  // Reads the files itself, in a thread of its own; of the engine it knows how files are named and written.
  {
    for: 'src-main/mail-index',
    mayImport: [
      core,
      contract,
      'src-main/engine/mailroot/badmail-reason',
      'src-main/engine/mailroot/envelope-lines',
      'src-main/engine/mailroot/header-text',
      mailContent,
      'src-main/worker',
    ],
    packages: ['libsql'],
    mayUseNode: true,
  },
  // What receivers will make of a message: pure checks in a worker, and what asks hosts, DNS and spam checkers.
  {
    for: 'src-main/mail-checks',
    mayImport: [core, schema, contract, 'src-main/mail-content', 'src-main/worker'],
    packages: ['css-tree', 'htmlparser2', 'mailauth'],
    mayUseNode: true,
  },
  // Reads the journals that engine/trace writes; its worker has the database in common with the index of mail.
  {
    for: 'src-main/trace',
    mayImport: [
      core,
      contract,
      'src-main/worker',
      'src-main/mail-content/words',
      'src-main/mail-index/sqlite',
      'src-main/engine/trace/file-name',
      'src-main/engine/trace/record-line',
      'src-main/engine/disk/make-folder',
    ],
    packages: [],
    mayUseNode: true,
  },
  { for: 'src-main/thread-pool', mayImport: [], packages: [], mayUseNode: false },
  {
    for: 'src-main/desktop',
    mayImport: [
      'src-main/thread-pool',
      'src-main/compose',
      'src-main/api',
      'src-main/settings',
      'src-main/engine/disk/make-folder',
      core,
    ],
    packages: ['*', 'electron'],
    mayUseNode: true,
  },
  {
    for: 'src-main/service',
    mayImport: [
      'src-main/thread-pool',
      'src-main/compose',
      'src-main/api',
      'src-main/settings',
      mailContent,
      core,
    ],
    packages: ['*'],
    mayUseNode: true,
  },
  { for: 'src-renderer/ui', mayImport: [], packages: ['*'], mayUseNode: false },
  { for: 'src-renderer/client', mayImport: [contract], packages: ['*'], mayUseNode: false },
  feature('console-tree'),
  feature('property-sheets'),
  feature('wizards'),
  feature('mail-inspector', [mailContent]),
  feature('queue'),
  feature('badmail'),
  feature('resend'),
  feature('sessions'),
  feature('trace'),
  feature('changes'),
  feature('domains'),
  feature('overview'),
  feature('certificates'),
  feature('oauth'),
  feature('smart-host'),
  feature('people'),
  feature('diagnostics'),
  feature('dkim'),
  // app and main.tsx join the features.
  { for: 'src-renderer', mayImport: ['src-renderer', contract], packages: ['*'], mayUseNode: false },
];

const builtin = new Set(builtinModules);

function listSources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
    .map((name) => posix.join(folder, name.split(sep).join('/')));
}

/** The specifiers in import and export declarations and in import(). */
function importsOf(text: string): string[] {
  const withoutComments = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const found = withoutComments.matchAll(
    /(?:^|[\s;])(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|(?:^|[\s;])import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
  );
  return [...found].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

const isBelow = (path: string, parent: string): boolean => path === parent || path.startsWith(`${parent}/`);

function ruleOf(path: string): Rule | undefined {
  const bare = path.replace(/\.tsx?$/, '');
  return rules
    .filter((rule) => isBelow(bare, rule.for))
    .sort((one, other) => other.for.length - one.for.length)[0];
}

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** Why `specifier` must not be imported by `path`; undefined when it may. */
function judge(path: string, specifier: string): string | undefined {
  const rule = ruleOf(path);
  if (!rule) return `${path} has no rule`;
  if (specifier.startsWith('.')) {
    const target = relative(root, resolve(root, dirname(path), specifier))
      .split(sep)
      .join('/');
    const bare = target.replace(/\.tsx?$/, '');
    // "Its own folder" is the rule's; a rule for src-main/api does not hand its sub-folders' rights around.
    const isOwn = isBelow(bare, rule.for) || ruleOf(`${bare}.ts`) === rule;
    return isOwn || rule.mayImport.some((allowed) => isBelow(bare, allowed))
      ? undefined
      : `${path} imports ${target}`;
  }
  if (specifier.startsWith('node:') || builtin.has(specifier))
    return rule.mayUseNode ? undefined : `${path} imports ${specifier}`;
  const name = packageOf(specifier);
  const isAllowed = rule.packages.includes(name) || (name !== 'electron' && rule.packages.includes('*'));
  return isAllowed ? undefined : `${path} imports the package ${name}`;
}

describe('architecture', () => {
  const sources = [...listSources('src-main'), ...listSources('src-renderer')];

  it('finds the sources it is to judge', () => {
    expect(sources).toContain('src-main/engine/engine.ts');
    expect(sources.length).toBeGreaterThan(60);
  });

  it('imports follow the table', () => {
    const wrong = sources.flatMap((path) =>
      importsOf(readFileSync(join(root, path), 'utf8')).flatMap((specifier) => judge(path, specifier) ?? []),
    );
    expect(wrong).toEqual([]);
  });

  it('only the desktop host knows electron', () => {
    expect(judge('src-main/service/main.ts', 'electron')).toBeDefined();
    expect(judge('src-main/desktop/main.ts', 'electron')).toBeUndefined();
  });

  it('parts of the engine do not import each other', () => {
    expect(judge('src-main/engine/queue/store.ts', '../mailroot/drop')).toBeDefined();
    expect(judge('src-main/engine/queue/store.ts', '../disk/durable')).toBeUndefined();
    expect(judge('src-main/engine/core/ids.ts', 'node:crypto')).toBeDefined();
  });

  it('the console reaches the engine through the contract alone', () => {
    expect(judge('src-renderer/queue/index.tsx', '../../src-main/engine/engine')).toBeDefined();
    expect(judge('src-renderer/queue/index.tsx', '../../src-main/api/contract')).toBeUndefined();
    expect(judge('src-renderer/queue/index.tsx', '../mail-inspector')).toBeDefined();
  });

  it('nine files in ten are below 350 lines, and none is above 450', () => {
    const lengths = sources.map((path) => ({
      path,
      lines: readFileSync(join(root, path), 'utf8').split('\n').length,
    }));
    expect(lengths.filter(({ lines }) => lines > 450)).toEqual([]);
    expect(lengths.filter(({ lines }) => lines > 350).length).toBeLessThanOrEqual(sources.length / 10);
  });
});
