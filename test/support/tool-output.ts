/** Programs of the system that other people wrote, run to their end. */
import { spawn } from 'node:child_process';
import { toolPath } from './packages';

/** Both outputs of the program and, as the last line, "exit N", whatever that is. */
export function outputOf(
  tool: string,
  words: readonly string[],
  { input = '', env = {} }: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(toolPath(tool) as string, words, { env: { ...process.env, ...env } });
    let text = '';
    const read = (piece: Buffer): void => {
      text += piece.toString();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('error', reject);
    child.on('close', (code) => resolve(`${text}\nexit ${code}`));
    child.stdin.end(input);
  });
}
