/**
 * Mail servers that other people wrote, as plain processes on loopback, each in a temporary folder of its own: Postfix's
 * smtp-sink (which refuses, delays and hangs up on request), chasquid, and aiosmtpd. For Postfix itself see postfix.ts.
 *
 *   const sink = await startSink(['-q', 'DATA']);       // options of smtp-sink(1)
 *   sink.port; sink.messages(); await sink.stop();
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificate } from './certificate';
import { toolPath } from './packages';
import { findFreePort, waitFor } from './service';

export interface MailPeer {
  readonly port: number;
  /** Text of every message that it has kept. */
  messages(): string[];
  stop(): Promise<void>;
}

/** Everything is taken and written down, unless the options say otherwise. */
export async function startSink(words: readonly string[] = []): Promise<MailPeer> {
  const folder = makeFolder('sink');
  const mail = join(folder, 'mail');
  mkdirSync(mail);
  // It gives up root, which it does not take mail as.
  chmodSync(mail, 0o777);
  const port = await findFreePort();
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const sinkWords = [...user, '-d', join(mail, '%H%M%S.'), ...words, `127.0.0.1:${port}`, '100'];
  return startPeer({ tool: 'smtp-sink', words: sinkWords, folder, port, messages: () => readAll(mail) });
}

/** An MTA in Go. It has the one mailbox bob@`domain`, offers STARTTLS, and refuses everybody else. */
export async function startChasquid(domain: string): Promise<MailPeer> {
  const folder = makeFolder('chasquid');
  const [port, submission, overTls] = [await findFreePort(), await findFreePort(), await findFreePort()];
  const place = (...names: string[]): string => join(folder, ...names);
  for (const name of ['data', 'mail', join('etc', 'domains', domain), join('etc', 'certs', `mx.${domain}`)])
    mkdirSync(place(name), { recursive: true });
  const { keyPem, certificatePem } = await createCertificate(`mx.${domain}`);
  writeFileSync(place('etc', 'certs', `mx.${domain}`, 'privkey.pem'), keyPem);
  writeFileSync(place('etc', 'certs', `mx.${domain}`, 'fullchain.pem'), certificatePem);
  // Its delivery agent is any program that reads a message.
  // Nobody sees half of one.
  const take = `file=$(mktemp ${folder}/XXXXXXXX) && cat > "$file" && mv "$file" ${place('mail')}`;
  writeFileSync(place('agent'), `#!/bin/sh\n${take}\n`);
  chmodSync(place('agent'), 0o755);
  const settings = {
    hostname: `mx.${domain}`,
    smtp_address: `127.0.0.1:${port}`,
    submission_address: `127.0.0.1:${submission}`,
    submission_over_tls_address: `127.0.0.1:${overTls}`,
    mail_delivery_agent_bin: place('agent'),
    data_dir: place('data'),
    mail_log_path: place('mail.log'),
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}: "${value}"\n`);
  writeFileSync(place('etc', 'chasquid.conf'), lines.join(''));
  await runToEnd('chasquid-util', [`-C=${place('etc')}`, 'user-add', `bob@${domain}`, '--password=x']);
  const words = [`-config_dir=${place('etc')}`];
  return startPeer({ tool: 'chasquid', words, folder, port, messages: () => readAll(place('mail')) });
}

/** A server in Python that follows the letter of RFC 5321; keeps what it takes as a Maildir. */
export async function startAiosmtpd(words: readonly string[] = []): Promise<MailPeer> {
  const folder = makeFolder('aiosmtpd');
  const port = await findFreePort();
  const mail = join(folder, 'mail');
  const handler = ['-n', '-c', 'aiosmtpd.handlers.Mailbox', '-l', `127.0.0.1:${port}`, ...words, mail];
  return startPeer({
    tool: 'aiosmtpd',
    words: handler,
    folder,
    port,
    messages: () => readAll(join(mail, 'new')),
  });
}

/** None outlives the tests, however these end. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

const makeFolder = (name: string): string => {
  const folder = mkdtempSync(join(tmpdir(), `mailroot-${name}-`));
  // Some of them give up root and must still get in.
  chmodSync(folder, 0o755);
  return folder;
};

const readAll = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1')) : [];

async function runToEnd(tool: string, words: readonly string[]): Promise<void> {
  const child = spawn(toolPath(tool) as string, words, { stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${tool} ended with ${code}`);
}

async function startPeer(options: {
  readonly tool: string;
  readonly words: readonly string[];
  readonly folder: string;
  readonly port: number;
  readonly messages: () => string[];
}): Promise<MailPeer> {
  const { tool, folder, port, messages } = options;
  const child = spawn(toolPath(tool) as string, options.words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  const read = (piece: Buffer): void => {
    printed += piece.toString();
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  running.add(child);
  const stop = async (): Promise<void> => {
    running.delete(child);
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await waitFor(`${tool} to listen`, () => {
      if (child.exitCode !== null) throw new Error(`${tool} ended with ${child.exitCode}: ${printed}`);
      return canConnect(port);
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, messages, stop };
}

async function canConnect(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
