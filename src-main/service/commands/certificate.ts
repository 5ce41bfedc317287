/** Certificates of this computer on the command line. Files are read and written here, not by the engine. */
import { basename, extname } from 'node:path';
import { type CertificateRow, type KeyKind, keyKinds } from '../../api/contract';
import { findCertificate } from '../certificate-choice';
import { readImport, readPem, writeNew } from '../certificate-files';
import type { CommandContext, CommandGroup, CommandOption, CommandSpec, OptionValues } from '../command';
import { UsageError } from '../command-failure';
import { passwordFromInput, readKnownPassword, readNewPassword } from '../password-input';
import { formatTable, formatTime } from '../text-table';

const hostOption: CommandOption = {
  flags: '--host <name>',
  text: 'host name or IP address that it is good for; may be given several times',
  isList: true,
};
const keyOption: CommandOption = {
  flags: '--key <kind>',
  text: 'kind of the private key',
  choices: [...keyKinds],
  defaultValue: 'ec-p256',
};
const daysOption: CommandOption = {
  flags: '--days <number>',
  text: 'valid for so many days',
  defaultValue: '825',
};
const outOption: CommandOption = {
  flags: '-o, --out <file>',
  text: 'write to this file, which must not exist yet',
};

function readDays(options: OptionValues): number {
  const text = options.text('days') ?? '';
  if (!/^\d{1,5}$/.test(text)) throw new UsageError('--days needs a number');
  return Number(text);
}

function readHosts(options: OptionValues): string[] {
  const hosts = options.list('host').flatMap((each) => each.split(','));
  if (hosts.length === 0) throw new UsageError('give --host, once for each name');
  return hosts;
}

/** Commander has seen to it that it is one of them. */
const readKey = (options: OptionValues): KeyKind =>
  keyKinds.find((kind) => kind === options.text('key')) ?? 'ec-p256';

const stateOf = (row: CertificateRow): string => {
  if (row.notAfter === undefined) return 'waits for its answer';
  const day = formatTime(row.notAfter).slice(0, 10);
  return row.isRenewalRequested ? `${day}, renewal requested` : day;
};

const formatCertificates = (rows: readonly CertificateRow[]): string =>
  formatTable(
    rows,
    [
      { title: 'Certificate', cell: (row) => row.id },
      { title: 'Name', cell: (row) => row.name },
      { title: 'Issued to', cell: (row) => row.names.slice(0, 3).join(', ') },
      { title: 'Issued by', cell: (row) => (row.isSelfSigned ? 'itself' : row.issuer) },
      { title: 'Expires', cell: stateOf },
      { title: 'Key', cell: (row) => (row.isKeyStrong ? row.key : `${row.key} (weak)`) },
      { title: 'Used by', cell: (row) => row.usedBy.map((id) => `no. ${id}`).join(', ') },
    ],
    'There are no certificates.',
  );

/** A request goes to a file, or to standard output as it is. */
async function giveRequest(
  context: CommandContext,
  { row, pem }: { readonly row: CertificateRow; readonly pem: string },
  file: string | undefined,
): Promise<void> {
  if (file === undefined) return context.show({ row, pem }, () => pem.trimEnd());
  await writeNew(file, pem);
  context.show(
    { row, file },
    () => `Written to ${file}. Give it to the authority, then: mailroot cert install ${row.id} <answer>`,
  );
}

const create: CommandSpec = {
  name: 'create',
  parameters: '<name>',
  summary: 'make a self-signed certificate',
  options: [hostOption, daysOption, keyOption],
  async run(context, [name = ''], options) {
    const input = { name, names: readHosts(options), days: readDays(options), key: readKey(options) };
    const client = await context.connect();
    const row = await client.certificates.createSelfSigned(input);
    context.show(
      row,
      () => `Created ${row.id}. To use it: mailroot server set <server> certificate=${row.id}`,
    );
  },
};

const request: CommandSpec = {
  name: 'request',
  parameters: '<name>',
  summary: 'make a key and a request for a certification authority',
  options: [
    hostOption,
    keyOption,
    { flags: '--organization <text>', text: 'organization' },
    { flags: '--unit <text>', text: 'organizational unit' },
    { flags: '--country <code>', text: 'country, two letters' },
    { flags: '--state <text>', text: 'state or province' },
    { flags: '--locality <text>', text: 'city or locality' },
    outOption,
  ],
  async run(context, [name = ''], options) {
    const names = readHosts(options);
    const client = await context.connect();
    const subject = Object.fromEntries(
      ['organization', 'unit', 'country', 'state', 'locality'].flatMap((part) => {
        const text = options.text(part);
        return text === undefined ? [] : [[part, text]];
      }),
    );
    const made = await client.certificates.createRequest({ name, names, key: readKey(options), ...subject });
    await giveRequest(context, made, options.text('out'));
  },
};

const showRequest: CommandSpec = {
  name: 'show-request',
  parameters: '<certificate>',
  summary: 'the request that waits for its answer, once more',
  options: [outOption],
  async run(context, [wanted = ''], options) {
    const client = await context.connect();
    const row = await findCertificate(client, wanted);
    const { pem } = await client.certificates.request({ id: row.id });
    await giveRequest(context, { row, pem }, options.text('out'));
  },
};

const install: CommandSpec = {
  name: 'install',
  parameters: '<certificate> <file>',
  summary: "install the authority's answer, with its chain; - is standard input",
  async run(context, [wanted = '', file = '-']) {
    const client = await context.connect();
    const pem = await readPem(context, file, 'CERTIFICATE');
    const { id } = await findCertificate(client, wanted);
    const row = await client.certificates.installAnswer({ id, pem });
    context.show(row, () => formatCertificates([row]));
  },
};

const importFile: CommandSpec = {
  name: 'import',
  parameters: '<file>',
  summary: 'import a PFX file, or PEM with its private key; asks for a password where one is needed',
  options: [
    { flags: '--name <name>', text: 'name in the list; default: the name of the file' },
    { flags: '--key <file>', text: 'private key in a file of its own' },
    { flags: '--password', text: 'ask for the password of an encrypted private key in PEM' },
    passwordFromInput,
  ],
  async run(context, [file = ''], options) {
    const keyFile = options.text('key');
    const inputs = [file === '-', keyFile === '-', options.has('passwordStdin')].filter(Boolean);
    if (inputs.length > 1) throw new UsageError('standard input can be only one of them');
    const name = options.text('name') ?? (file === '-' ? 'Imported' : basename(file, extname(file)));
    const client = await context.connect();
    const content = await readImport(context, file);
    if ('pfxBase64' in content && keyFile === undefined) {
      const password = await readKnownPassword(context, file, options);
      const row = await client.certificates.importPfx({ name, contentBase64: content.pfxBase64, password });
      return context.show(row, () => formatCertificates([row]));
    }
    const certificatePem = 'pem' in content ? content.pem : await readPem(context, file, 'CERTIFICATE');
    const keyPem = keyFile === undefined ? '' : await readPem(context, keyFile, 'PRIVATE KEY');
    const isAsked = options.has('password') || options.has('passwordStdin');
    const password = isAsked ? await readKnownPassword(context, keyFile ?? file, options) : '';
    const row = await client.certificates.importPem({ name, certificatePem, keyPem, password });
    context.show(row, () => formatCertificates([row]));
  },
};

const exportFile: CommandSpec = {
  name: 'export',
  parameters: '<certificate>',
  summary: 'certificate and chain as PEM; with --with-key a PFX file that a password protects',
  options: [{ flags: '--with-key', text: 'the private key too; needs --out' }, passwordFromInput, outOption],
  async run(context, [wanted = ''], options) {
    const file = options.text('out');
    const hasKey = options.has('withKey');
    if (hasKey && file === undefined) throw new UsageError('--with-key needs --out');
    if (!hasKey && options.has('passwordStdin')) throw new UsageError('a password needs --with-key');
    const client = await context.connect();
    const { id, name } = await findCertificate(client, wanted);
    const password = hasKey ? await readNewPassword(context, 'the file', options) : undefined;
    const { contentBase64 } = await client.certificates.export({
      id,
      ...(password === undefined ? {} : { password }),
    });
    const content = Buffer.from(contentBase64, 'base64');
    if (file === undefined) return context.terminal.writeOut(content);
    await writeNew(file, content);
    context.show({ id, file }, () => `${name} is written to ${file}.`);
  },
};

const renew: CommandSpec = {
  name: 'renew',
  parameters: '<certificate>',
  summary: 'renew a self-signed certificate in its place; for another one, make a request with a new key',
  options: [daysOption, outOption],
  async run(context, [wanted = ''], options) {
    const days = readDays(options);
    const client = await context.connect();
    const { id } = await findCertificate(client, wanted);
    const { row, requestPem } = await client.certificates.renew({ id, days });
    if (requestPem !== undefined) return giveRequest(context, { row, pem: requestPem }, options.text('out'));
    context.show(row, () => formatCertificates([row]));
  },
};

export const certificateCommands: CommandGroup = {
  name: 'cert',
  summary: 'certificates of this computer',
  commands: [
    {
      name: 'list',
      summary: 'all certificates, and requests that wait for their answer',
      async run(context) {
        const client = await context.connect();
        const rows = await client.certificates.list();
        context.show(rows, () => formatCertificates(rows));
      },
    },
    create,
    request,
    showRequest,
    install,
    importFile,
    exportFile,
    renew,
    {
      name: 'rename',
      parameters: '<certificate> <new-name>',
      summary: 'give it another name in the list',
      async run(context, [wanted = '', name = '']) {
        const client = await context.connect();
        const { id } = await findCertificate(client, wanted);
        const row = await client.certificates.rename({ id, name });
        context.show(row, () => `Renamed to ${row.name}.`);
      },
    },
    {
      name: 'remove',
      parameters: '<certificate>',
      summary: 'remove a certificate and its private key; refused while a virtual server uses it',
      async run(context, [wanted = '']) {
        const client = await context.connect();
        const { id, name } = await findCertificate(client, wanted);
        await client.certificates.remove({ id });
        context.show({}, () => `Removed ${name}.`);
      },
    },
  ],
};
