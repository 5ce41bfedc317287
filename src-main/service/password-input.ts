/** Passwords for commands: from standard input, or asked at the terminal. Never arguments: others may see those. */
import { Problem } from '../engine/core/problem';
import type { CommandContext, CommandOption, OptionValues } from './command';

export const passwordFromInput: CommandOption = {
  flags: '--password-stdin',
  text: 'take the password from the first line of standard input',
};

async function firstLine({ terminal }: CommandContext): Promise<string> {
  const [line = ''] = (await terminal.readInput()).split(/\r?\n/, 1);
  return line;
}

/** A password that is made now: at the terminal it is asked for twice. */
export async function readNewPassword(
  context: CommandContext,
  name: string,
  options: OptionValues,
): Promise<string> {
  if (options.has('passwordStdin')) return firstLine(context);
  const { terminal } = context;
  const password = await terminal.askSecret(`Password for ${name}`);
  if (password === undefined)
    throw new Problem(
      'refused',
      'There is no terminal to ask for the password. Give it on standard input, with --password-stdin.',
    );
  if ((await terminal.askSecret('The same again')) !== password)
    throw new Problem('invalid', 'The two passwords are not the same. Nothing was changed.');
  return password;
}

/** A password that exists; '' where there is no terminal to ask at, and none was given. */
export async function readKnownPassword(
  context: CommandContext,
  name: string,
  options: OptionValues,
): Promise<string> {
  if (options.has('passwordStdin')) return firstLine(context);
  return (await context.terminal.askSecret(`Password of ${name}`)) ?? '';
}
