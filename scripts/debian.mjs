/**
 * Installs the Debian packages that tests talk to, where this is a Debian or Ubuntu and we are root. Packages that
 * would push another one out are extracted into .cache/debian instead.
 *
 * The table is test/support/packages.json. No service is started: packages are told not to. A package that
 * cannot be had is reported and its tests skip; nothing here makes a test run fail.
 */
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { findCommand, root, run } from './process.mjs';

const policy = '/usr/sbin/policy-rc.d';

/** @param wanted names of tools in the table; all of them when left out */
export async function installMissingPackages(wanted) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !findCommand('apt-get')) return;
  const table = JSON.parse(readFileSync(join(root, 'test/support/packages.json'), 'utf8'));
  const libraries = (await run(findCommand('ldconfig') ?? 'ldconfig', ['-p'])).output;
  const modules = await presentPerlModules(table);
  const missing = table.filter(
    (tool) =>
      (wanted?.includes(tool.tool) ?? true) &&
      !(tool.extracted && existsSync(join(extractedFolder(tool), tool.extracted))) &&
      !tool.commands?.some(findCommand) &&
      !tool.perlModules?.every((name) => modules.has(name)) &&
      !tool.files?.every((path) => existsSync(path)) &&
      !tool.libraries?.every((library) => libraries.includes(library)),
  );
  if (missing.length === 0) return;

  console.log(`Installing ${missing.map((tool) => tool.packages[0]).join(', ')} ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-q'], { env, timeoutMs: 180_000 });
  const names = [];
  for (const tool of missing) {
    if (tool.extracted) {
      await extract(tool);
      continue;
    }
    const name = await firstKnown(tool.packages);
    if (name) names.push(name);
  }
  if (names.length === 0) return;
  await withoutStartingServices(async () => {
    if (names.includes('postfix')) await preseedPostfix(env);
    const install = (packages) =>
      run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], {
        env,
        timeoutMs: 600_000,
      });
    const all = await install(names);
    if (all.code === 0) return;
    // One package that cannot be had must not cost the others.
    for (const name of names) {
      const one = await install([name]);
      if (one.code !== 0) console.log(`Could not install ${name}: ${lastLine(one.output)}`);
    }
  });
}

const extractedFolder = ({ tool }) => join(root, '.cache/debian', tool);

/** Names that another release has are no fault: one package after the other, and the program has to be there. */
async function extract(tool) {
  const folder = extractedFolder(tool);
  const archives = join(folder, 'archives');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(archives, { recursive: true });
  for (const name of tool.packages)
    await run('apt-get', ['download', '-q', name], { cwd: archives, timeoutMs: 180_000 });
  for (const name of readdirSync(archives)) await run('dpkg-deb', ['-x', join(archives, name), folder]);
  rmSync(archives, { recursive: true });
  const program = join(folder, tool.extracted);
  if (!existsSync(program)) console.log(`Could not extract ${tool.packages[0]}`);
  // Nobody shall come to root's rights by a program of tests.
  else chmodSync(program, 0o755);
}

async function presentPerlModules(table) {
  const present = new Set();
  if (!findCommand('perl')) return present;
  for (const name of table.flatMap((tool) => tool.perlModules ?? []))
    if ((await run('perl', [`-M${name}`, '-e1'])).code === 0) present.add(name);
  return present;
}

/** A package's name differs between releases; the first one this system knows. */
async function firstKnown(names) {
  for (const name of names) {
    const { code, output } = await run('apt-cache', ['policy', name]);
    if (code === 0 && /Candidate: (?!\(none\))/.test(output)) return name;
  }
  return undefined;
}

async function withoutStartingServices(action) {
  const isOurs = !existsSync(policy) && canWrite('/usr/sbin');
  if (isOurs) {
    writeFileSync(policy, '#!/bin/sh\nexit 101\n');
    chmodSync(policy, 0o755);
  }
  try {
    await action();
  } finally {
    if (isOurs) rmSync(policy, { force: true });
  }
}

/** Without an answer Postfix's package asks which kind of mail server this is to be. */
async function preseedPostfix(env) {
  const answer = 'postfix postfix/main_mailer_type select No configuration';
  await run('sh', ['-c', `echo '${answer}' | debconf-set-selections`], { env });
}

function canWrite(folder) {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function lastLine(text) {
  return text.trim().split('\n').at(-1) ?? '';
}
