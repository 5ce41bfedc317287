/** The settings document on the command line. `schema`, `validate` and `restore` need no running engine. */
import { readFile, writeFile } from 'node:fs/promises';
import { describeSettings } from '../../api/handlers/settings';
import { takeDataFolder } from '../../api/http/control-channel';
import { findOwner } from '../../api/http/control-client';
import { Problem, reasonOf } from '../../engine/core/problem';
import { createSecretBox } from '../../settings/secret-box';
import { hideSecrets } from '../../settings/secrets';
import { findDocumentFaults, restoreLastGood } from '../../settings/store';
import type { CommandContext, CommandGroup, CommandSpec } from '../command';
import { openSettingsFile } from '../settings-file';
import { importSettings, parseDocument } from '../settings-import';
import { formatJson, formatTable } from '../text-table';

/** A settings document from a file, or from standard input when it is "-". */
async function readDocument(context: CommandContext, file: string): Promise<unknown> {
  let text: string;
  try {
    text = file === '-' ? await context.terminal.readInput() : await readFile(file, 'utf8');
  } catch (error) {
    throw new Problem('invalid', `${file} cannot be read: ${reasonOf(error)}`, undefined, { cause: error });
  }
  return parseDocument(text, file);
}

const schema: CommandSpec = {
  name: 'schema',
  summary: 'JSON schema of the settings document',
  async run(context) {
    const document = describeSettings();
    context.show(document, () => formatJson(document));
  },
};

const validate: CommandSpec = {
  name: 'validate',
  parameters: '<file>',
  hasSettings: true,
  summary: 'check a settings document; - is standard input',
  async run(context, [file = '-']) {
    const faults = findDocumentFaults(await readDocument(context, file));
    const [first] = faults;
    if (!first) return context.show({ faults }, () => 'This document is right.');
    context.show({ faults }, () =>
      formatTable(
        faults,
        [
          { title: 'Setting', cell: (fault) => fault.field },
          { title: 'Reason', cell: (fault) => fault.reason },
        ],
        '',
      ),
    );
    const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
    throw new Problem('invalid', `${file}: ${first.field}: ${first.reason}${more}`);
  },
};

async function readSettings(context: CommandContext): Promise<unknown> {
  if (await findOwner(context.dataFolder)) return (await context.connect()).settings.export();
  const file = openSettingsFile(context.dataFolder);
  const document = file.read();
  if (document === undefined) {
    throw new Problem(
      'not-found',
      `Mailroot is not running on ${context.dataFolder}, and there are no settings yet.`,
    );
  }
  context.note(`Mailroot is not running; these are the settings in ${file.path}.`);
  return hideSecrets(document);
}

const exportSettings: CommandSpec = {
  name: 'export',
  parameters: '[file]',
  summary: 'the whole settings document, to standard output or a file',
  async run(context, [file]) {
    const document = await readSettings(context);
    if (file === undefined || file === '-') return context.show(document, () => formatJson(document));
    try {
      await writeFile(file, `${JSON.stringify(document, null, 2)}\n`, { mode: 0o600 });
    } catch (error) {
      throw new Problem('refused', `${file} was not written: ${reasonOf(error)}`, undefined, {
        cause: error,
      });
    }
    context.show({ file }, () => `Written to ${file}.`);
  },
};

const importDocument: CommandSpec = {
  name: 'import',
  parameters: '<file>',
  hasSettings: true,
  summary: 'replace all settings by a document; - is standard input',
  async run(context, [file = '-']) {
    const document = await readDocument(context, file);
    if (await findOwner(context.dataFolder)) {
      const client = await context.connect();
      const result = await client.settings.import({ document });
      context.show(result, () =>
        result.restartNeeded.length > 0
          ? `Saved. Stop and start no. ${result.restartNeeded.join(', ')} to make all of it work.`
          : 'Saved and in force.',
      );
      return;
    }
    const { dataFolder } = context;
    await withDataFolder(context, () =>
      importSettings(openSettingsFile(dataFolder), document, createSecretBox(dataFolder)),
    );
    context.show(
      { restartNeeded: [] },
      () => 'Saved. Mailroot is not running; the settings count from its next start.',
    );
  },
};

/** Where an engine runs, the last good settings are those in force, and it writes them itself. */
async function restoreStopped(context: CommandContext): Promise<{ path: string; keptAs?: string }> {
  const { path } = openSettingsFile(context.dataFolder);
  return { path, ...(await withDataFolder(context, () => restoreLastGood(path))) };
}

const restore: CommandSpec = {
  name: 'restore',
  summary: 'put the last good settings back in place of a broken file',
  async run(context) {
    const result = (await findOwner(context.dataFolder))
      ? await (await context.connect()).settings.restore()
      : await restoreStopped(context);
    context.show(result, () =>
      result.keptAs
        ? `Restored ${result.path}. The broken file is kept as ${result.keptAs}.`
        : `Restored ${result.path}.`,
    );
  },
};

/** Runs while nobody else can start on the data folder. */
async function withDataFolder<T>(context: CommandContext, run: () => T): Promise<T> {
  const { version } = context.terminal;
  const channel = await takeDataFolder(context.dataFolder, { product: 'Mailroot', version, host: 'service' });
  try {
    return run();
  } finally {
    await channel.close();
  }
}

export const configCommands: CommandGroup = {
  name: 'config',
  summary: 'the settings document',
  commands: [schema, validate, exportSettings, importDocument, restore],
};
