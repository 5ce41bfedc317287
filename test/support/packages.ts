/**
 * Says which of the programs that tests talk to are missing here, and which Debian package brings each.
 *
 * The table is packages.json; `npm test` installs from the same table where it may. A tool that is not there
 * makes a test skip with the package's name in its title, never fail and never vanish.
 */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { describe } from 'vitest';
import table from './packages.json';

interface Tool {
  tool: string;
  commands?: string[];
  libraries?: string[];
  perlModules?: string[];
  /** Full paths, for what is no program. */
  files?: string[];
  /** Program in a folder of its own, see `extractedFolder`: its package cannot be installed beside another one. */
  extracted?: string;
  /** All of them for an extracted one; else the first that the system knows. */
  packages: string[];
}

/** What the desktop application needs besides itself, on Linux. */
export const desktopTools = ['xvfb', 'gtk', 'nss', 'alsa', 'gbm', 'xss', 'atk-bridge'];

/** Where the packages of an extracted tool are, as they would lie in the root of the file system. */
export const extractedFolder = (name: string): string =>
  resolve(import.meta.dirname, '../../.cache/debian', name);

/** The path of a tool's program, or undefined when it is not installed. */
export function toolPath(name: string): string | undefined {
  const { extracted } = entry(name);
  if (extracted !== undefined)
    return isPresent(entry(name)) ? join(extractedFolder(name), extracted) : undefined;
  return entry(name)
    .commands?.map(findCommand)
    .find((path) => path !== undefined);
}

/** Why tests that need these tools cannot run, or undefined when they can. */
export function missingReason(...names: string[]): string | undefined {
  const missing = names.filter((name) => !isPresent(entry(name)));
  if (missing.length === 0) return undefined;
  return `needs Debian package ${missing.map((name) => entry(name).packages[0]).join(', ')}`;
}

/** `describe`, skipped with the reason in its title when one of the tools is missing. */
export function describeWith(tools: string[], title: string, body: () => void): void {
  describeUnless(missingReason(...tools), title, body);
}

/** `describe`, skipped with the reason in its title when there is one. */
export function describeUnless(reason: string | undefined, title: string, body: () => void): void {
  if (reason) describe.skip(`${title} [${reason}]`, body);
  else describe(title, body);
}

function entry(name: string): Tool {
  const found = (table as Tool[]).find((tool) => tool.tool === name);
  if (!found) throw new Error(`test/support/packages.json has no tool ${name}`);
  return found;
}

function isPresent(tool: Tool): boolean {
  if (tool.extracted !== undefined) return existsSync(join(extractedFolder(tool.tool), tool.extracted));
  if (tool.commands?.some(findCommand)) return true;
  if (tool.files) return tool.files.every((path) => existsSync(path));
  if (tool.perlModules) return tool.perlModules.every(hasPerlModule);
  return tool.libraries?.every((library) => knownLibraries().includes(library)) ?? false;
}

function hasPerlModule(name: string): boolean {
  try {
    execFileSync('perl', [`-M${name}`, '-e1'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function findCommand(name: string): string | undefined {
  // Debian keeps servers in /usr/sbin, which an ordinary user's PATH does not have.
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not in this folder
    }
  }
  return undefined;
}

let libraries: string | undefined;

function knownLibraries(): string {
  if (libraries === undefined) {
    try {
      libraries = execFileSync(findCommand('ldconfig') ?? 'ldconfig', ['-p'], { encoding: 'utf8' });
    } catch {
      libraries = '';
    }
  }
  return libraries;
}
