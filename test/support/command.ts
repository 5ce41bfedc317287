/** The built command line as a child process. */
import { spawn } from 'node:child_process';
import { commandLine } from './service';

export interface CommandResult {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** Runs one command to its end; never rejects for an exit code. */
export function runCommand(
  words: readonly string[],
  { input, env }: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [commandLine, ...words], { env: { ...process.env, ...env } });
    let out = '';
    let error = '';
    child.stdout.on('data', (piece: Buffer) => {
      out += piece.toString();
    });
    child.stderr.on('data', (piece: Buffer) => {
      error += piece.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, error }));
    child.stdin.end(input);
  });
}
