/**
 * The command line as a whole: the table of commands made into a parser, and the exit code.
 *
 * Promises: exit code 0 done, 1 refused or failed with exactly one line on standard error, 2 wrong usage.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command, CommanderError, Option, type OptionValues as RawOptions } from 'commander';
import { connectControl } from '../api/http/control-client';
import { Problem, reasonOf } from '../engine/core/problem';
import { defaultDataFolder } from '../settings/data-folder';
import type { CommandContext, CommandGroup, CommandSpec, OptionValues, Terminal } from './command';
import { describeFailure, exitCodes, UsageError } from './command-failure';
import { certificateCommands } from './commands/certificate';
import { changesCommand } from './commands/changes';
import { collectionCommands } from './commands/collection';
import { configCommands } from './commands/config';
import { explainCommand, lookUpCommand } from './commands/diagnostics';
import { dkimCommands } from './commands/dkim';
import { domainCommands } from './commands/domain';
import { ldapCommands } from './commands/ldap';
import { messageCommands } from './commands/message';
import { signInCommands } from './commands/oauth';
import { accountCommands, operatorCommands } from './commands/people';
import { queueCommands } from './commands/queue';
import { routeCommands } from './commands/route';
import { indexCommands } from './commands/search';
import { serverCommands } from './commands/server';
import { sessionCommands } from './commands/session';
import { smartHostCommands } from './commands/smart-host';
import { consoleCommand, sendCommand, statusCommand } from './commands/system';
import { traceCommands } from './commands/trace';
import { readConsoleOption, readListenOption, type ServeOptions } from './serve-options';
import { parseDocument } from './settings-import';
import { cleanText, formatJson } from './text-table';

export const commandGroups: readonly CommandGroup[] = [
  serverCommands,
  domainCommands,
  routeCommands,
  sessionCommands,
  collectionCommands,
  queueCommands,
  messageCommands,
  indexCommands,
  traceCommands,
  accountCommands,
  operatorCommands,
  certificateCommands,
  signInCommands,
  smartHostCommands,
  dkimCommands,
  ldapCommands,
  configCommands,
];
const singleCommands: readonly CommandSpec[] = [
  statusCommand,
  sendCommand,
  explainCommand,
  lookUpCommand,
  consoleCommand,
  changesCommand,
];

const examples = `
Examples:
  mailroot serve                                   run here, with the browser console
  mailroot serve --listen 127.0.0.1:2525           the same; where the first virtual server listens
  mailroot status
  mailroot server set 1 smartHost=mail.example.com relayList=192.168.1.0/24
  mailroot domain create '*.example.com' --relay --smart-host '[192.0.2.25]'
  mailroot route add Shop senders=shop@example.com smartHost=smtp.example.net port=587
  mailroot send --to me@example.com
  mailroot explain --to ann@example.com --client 10.0.4.20
  mailroot session ended
  mailroot queue list
  mailroot trace list --person ann@example.com --since 2026-03-26
  mailroot message export 0199f2c4a1b300001234abcd --out mail.eml
  mailroot account create scanner
  mailroot operator create ann --role operator
  mailroot operator admit group support --role viewer
  mailroot changes --limit 20
  mailroot cert create Mail --host mail.example.com
  mailroot dkim create example.com
  mailroot oauth add Office 11111111-2222-3333-4444-555555555555 --tenant example.com
  mailroot smart-host set microsoft-365 --sign-in Office
  mailroot config export settings.json

Exit codes: 0 done, 1 refused or failed (one line on standard error), 2 wrong usage.
The data folder is --data, else MAILROOT_DATA, else the user's own.`;

/** Runs `serve`; given by the program, so that tests of the rest need no engine. */
export type RunServe = (
  options: Omit<ServeOptions, 'rendererFolder' | 'version' | 'print' | 'log'>,
) => Promise<number>;

/** Runs one command line (without the program's name); resolves to the exit code. */
export async function runCommandLine(
  words: readonly string[],
  terminal: Terminal,
  runServe: RunServe,
): Promise<number> {
  let exitCode: number = exitCodes.done;
  // `serve` is no CommandSpec; what it reads are whole settings files.
  let hasSettings = true;
  const program = createProgram(terminal, {
    setExitCode: (code) => {
      exitCode = code;
    },
    onCommand: (spec) => {
      hasSettings = spec.hasSettings === true;
    },
    runServe,
  });
  try {
    await program.parseAsync([...words], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    terminal.writeError(`mailroot: ${describeFailure(error, { hasSettings })}\n`);
    return error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
  }
}

interface ProgramParts {
  readonly setExitCode: (code: number) => void;
  readonly runServe: RunServe;
  /** Told before it runs. */
  readonly onCommand: (spec: CommandSpec) => void;
}

function createProgram(terminal: Terminal, { setExitCode, runServe, onCommand }: ProgramParts): Command {
  const program = new Command('mailroot')
    .description('SMTP relay with Pickup, Drop, Queue and Badmail folders.')
    .version(terminal.version, '-V, --version', 'print the version')
    .option('--data <folder>', 'data folder')
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .configureHelp({ showGlobalOptions: true });
  // Settings made here are taken over by every command that is added below.
  program.exitOverride().configureOutput({
    writeOut: (text) => terminal.writeOut(text),
    writeErr: (text) => terminal.writeError(text),
    outputError: (text, write) => write(`mailroot: ${cleanText(text.replace(/^error: /, '').trim())}\n`),
  });
  const contextOf = (command: Command): CommandContext => createContext(terminal, command.optsWithGlobals());
  program
    .command('serve')
    .description('run the service in the foreground until SIGTERM; SIGHUP reads the settings again')
    .option(
      '--console <address>',
      'HOST:PORT of the browser console on loopback, or off (default: 127.0.0.1:8025)',
    )
    .option('--listen <address>', 'ADDRESS:PORT of the first virtual server, where there is none yet')
    .option('--config <file>', 'settings document that replaces the settings of the data folder')
    .action(async (options: { console?: string; config?: string; listen?: string }, command: Command) => {
      const webConsole = readConsoleOption(options.console);
      const listen = readListenOption(options.listen);
      if (listen !== undefined && options.config !== undefined)
        throw new UsageError('give either --config or --listen');
      const config = options.config === undefined ? undefined : await readConfig(options.config);
      const { dataFolder } = contextOf(command);
      setExitCode(await runServe({ dataFolder, console: webConsole, config, listen }));
    });
  const parts = { contextOf, onCommand };
  for (const spec of singleCommands) addCommand(program, spec, parts);
  for (const group of commandGroups) {
    const parent = program.command(group.name).description(group.summary);
    for (const spec of group.commands) addCommand(parent, spec, parts);
  }
  return program;
}

async function readConfig(file: string): Promise<unknown> {
  try {
    return parseDocument(await readFile(file, 'utf8'), file);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('invalid', `${file} cannot be read: ${reasonOf(error)}`, undefined, { cause: error });
  }
}

function addCommand(
  parent: Command,
  spec: CommandSpec,
  {
    contextOf,
    onCommand,
  }: { readonly contextOf: (command: Command) => CommandContext } & Pick<ProgramParts, 'onCommand'>,
): void {
  const command = parent.command(spec.name).description(spec.summary);
  if (spec.parameters !== undefined) command.arguments(spec.parameters);
  for (const { flags, text, choices, defaultValue, isList } of spec.options ?? []) {
    const option = new Option(flags, text);
    if (choices) option.choices([...choices]);
    if (defaultValue !== undefined) option.default(defaultValue);
    if (isList)
      option.argParser((value: string, before: unknown) => [...(Array.isArray(before) ? before : []), value]);
    command.addOption(option);
  }
  command.action(() => {
    onCommand(spec);
    return spec.run(contextOf(command), command.args, readOptions(command.opts()));
  });
}

function createContext(terminal: Terminal, options: RawOptions): CommandContext {
  const given: unknown = options.data;
  const dataFolder =
    typeof given === 'string'
      ? resolve(given)
      : defaultDataFolder({ platform: terminal.platform, env: terminal.env });
  const isJson = options.json === true;
  return {
    terminal,
    dataFolder,
    isJson,
    connect: () => connectControl(dataFolder),
    show: (value, text) => terminal.writeOut(`${isJson ? formatJson(value) : text()}\n`),
    note: (line) => terminal.writeError(`mailroot: ${cleanText(line)}\n`),
  };
}

function readOptions(raw: RawOptions): OptionValues {
  return {
    text(name) {
      const value: unknown = raw[name];
      return typeof value === 'string' ? value : undefined;
    },
    list(name) {
      const value: unknown = raw[name];
      return Array.isArray(value) ? value.map(String) : [];
    },
    has: (name) => raw[name] === true,
  };
}
