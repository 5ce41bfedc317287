/** What the figures depend on besides the programs: the machine, its disk and the versions. */
import { execFileSync } from 'node:child_process';
import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { cpus, loadavg, platform, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  /** Of the folder that all queues are in. */
  readonly fileSystem: string;
  readonly node: string;
  /** undefined: not installed. */
  readonly postfix: string | undefined;
  readonly flushedFilesPerSecond: number;
  /** Processes that wanted to run in the minute before. Well above 0 somebody else was at work, too. */
  readonly loadBefore: number;
}

export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${readSystemName()}, ${platform()} ${release()}`,
    fileSystem: readFileSystem(tmpdir()),
    node: process.version,
    postfix: /=\s*(\S+)/.exec(printedBy('/usr/sbin/postconf', ['-d', 'mail_version']))?.[1],
    loadBefore: loadavg()[0] ?? 0,
    flushedFilesPerSecond: measureDisk(),
  };
}

/** Files of 5 KB that one thread can create, write, flush and close in a second, one after another. */
function measureDisk(): number {
  const folder = mkdtempSync(join(tmpdir(), 'mailroot-bench-disk-'));
  const content = Buffer.alloc(5120, 'x');
  const count = 500;
  const started = performance.now();
  try {
    for (let number = 0; number < count; number++) {
      const file = openSync(join(folder, String(number)), 'wx');
      writeSync(file, content);
      fsyncSync(file);
      closeSync(file);
    }
    return Math.round((count * 1000) / (performance.now() - started));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readSystemName(): string {
  try {
    return /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'Linux';
  } catch {
    return platform();
  }
}

function readFileSystem(folder: string): string {
  return printedBy('df', ['--output=fstype', folder]).trim().split('\n').at(-1) || 'unknown';
}

/** '' when the program is not there or fails: a description without that line is still one. */
function printedBy(command: string, args: string[]): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}
