/** What a command of the command line is made of, and what it may use. */
import type { ContractClient } from '../api/http/control-client';

/** The outside world of one run of the command line; tests give their own. */
export interface Terminal {
  /** Text to standard output, without a newline of its own. */
  /** Resolves when more can be taken; only who writes much has to wait. */
  writeOut(text: string | Uint8Array): void | Promise<void>;
  /** Text to standard error, without a newline of its own. */
  writeError(text: string): void;
  /** All of standard input. */
  readInput(): Promise<string>;
  /** A line that is typed without being shown; undefined when nobody sits at a terminal. */
  askSecret(question: string): Promise<string | undefined>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly version: string;
}

export interface CommandContext {
  readonly terminal: Terminal;
  readonly dataFolder: string;
  readonly isJson: boolean;
  /** Calls the engine that runs on the data folder. Throws Problem 'unavailable' when none does. */
  connect(): Promise<ContractClient>;
  /** The result: JSON with --json, otherwise the text for people. */
  show(value: unknown, text: () => string): void;
  /** Something worth knowing that is no failure; one line on standard error. */
  note(line: string): void;
}

export interface CommandOption {
  /** As commander wants it: "--limit <number>". */
  readonly flags: string;
  readonly text: string;
  readonly choices?: readonly string[];
  readonly defaultValue?: string;
  /** May be given several times. */
  readonly isList?: boolean;
}

/** The options of one call, by camel-case name. */
export interface OptionValues {
  text(name: string): string | undefined;
  list(name: string): readonly string[];
  has(name: string): boolean;
}

export interface CommandSpec {
  readonly name: string;
  /** As commander wants it: "<name> [file]". */
  readonly parameters?: string;
  readonly summary: string;
  readonly options?: readonly CommandOption[];
  /** It takes settings, or a name and a password: a refusal names which of them. */
  readonly hasSettings?: boolean;
  run(context: CommandContext, args: readonly string[], options: OptionValues): Promise<void>;
}

export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly CommandSpec[];
}
