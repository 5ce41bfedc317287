/** A real listener on a free loopback port with an in-memory queue, and a client that sends raw bytes. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, type TLSSocket, connect as upgrade } from 'node:tls';
import { type Clock, systemClock } from '../../src-main/engine/core/clock';
import type { EngineEvent } from '../../src-main/engine/core/event';
import type { LogProtocol } from '../../src-main/engine/core/protocol-entry';
import { createSmtpListener, type SmtpListener } from '../../src-main/engine/smtp-in/listener';
import type { ServerSettings, ServerSettingsInput } from '../../src-main/settings/schema';
import { createServerSettings } from '../support/settings';
import { createMemoryIntake, type MemoryIntake } from './memory-intake';
import { createMemoryKeyring, type MemoryKeyring } from './memory-keyring';
import { createMemoryTrigger, type MemoryTrigger } from './memory-trigger';

export interface ListenerUnderTest {
  readonly listener: SmtpListener;
  readonly intake: MemoryIntake;
  readonly keyring: MemoryKeyring;
  readonly trigger: MemoryTrigger;
  readonly events: EngineEvent[];
  readonly port: () => number;
  /** Replaces the settings in force. */
  change(change: Partial<ServerSettingsInput>): void;
  connect(): Promise<RawClient>;
  close(): Promise<void>;
}

/** The domains every conversation knows; the client is 127.0.0.1. */
const knownDomains: ServerSettingsInput['domains'] = [
  { type: 'default', name: 'local.test' },
  { type: 'alias', name: 'alias.test' },
  { type: 'remote', name: 'partner.test', isRelayAllowed: true },
  { type: 'remote', name: 'closed.test' },
];

export async function startListener(
  first: Partial<ServerSettingsInput> = {},
  options: {
    readonly clock?: Clock;
    readonly keyring?: MemoryKeyring;
    readonly verifyHostName?: (address: string) => Promise<string | undefined>;
    readonly logProtocol?: LogProtocol;
  } = {},
): Promise<ListenerUnderTest> {
  const create = (change: Partial<ServerSettingsInput>): ServerSettings =>
    createServerSettings({ domains: knownDomains, ...change });
  let settings = create(first);
  const intake = createMemoryIntake();
  const keyring = options.keyring ?? createMemoryKeyring();
  const trigger = createMemoryTrigger(() => settings);
  const events: EngineEvent[] = [];
  const listener = createSmtpListener({
    serverId: 1,
    settings: () => settings,
    fqdn: () => 'mail.local.test',
    intake,
    emit: (event) => void events.push(event),
    clock: options.clock ?? systemClock,
    productVersion: '1.2.3',
    keyring,
    trigger,
    ...(options.logProtocol ? { logProtocol: options.logProtocol } : {}),
    ...(options.verifyHostName ? { verifyHostName: options.verifyHostName } : {}),
  });
  await listener.open([{ address: '127.0.0.1', port: 0 }]);
  const port = (): number => listener.boundPorts()[0]?.port ?? 0;
  const clients: RawClient[] = [];
  return {
    listener,
    intake,
    keyring,
    trigger,
    events,
    port,
    change: (change) => {
      settings = create(change);
    },
    async connect() {
      const client = await connectRaw(port());
      clients.push(client);
      return client;
    },
    async close() {
      for (const client of clients) client.destroy();
      await listener.close(0);
    },
  };
}

export interface RawClient {
  readonly socket: Socket;
  /** Makes the handshake, after the server's 220; rejects when it fails. */
  startTls(options?: ConnectionOptions): Promise<TLSSocket>;
  send(bytes: string): void;
  /** The next line without its end; undefined when the server closed. Rejects after `deadlineMs`. */
  line(): Promise<string | undefined>;
  /** Whole replies, one string each, continuation lines joined by "\n". */
  reply(): Promise<string | undefined>;
  /** Sends a line and takes its reply. */
  say(line: string): Promise<string | undefined>;
  /** Resolves when the server has closed its side; rejects when it says something first. */
  closed(): Promise<void>;
  /** Closes our side only. */
  end(): void;
  destroy(): void;
}

const deadlineMs = 5000;

/** @param localAddress where the client comes from; default: the system's choice */
export async function connectRaw(
  port: number,
  host = '127.0.0.1',
  localAddress?: string,
): Promise<RawClient> {
  const from = localAddress === undefined ? {} : { localAddress };
  const socket = connect({ port, host, allowHalfOpen: true, noDelay: true, ...from });
  await once(socket, 'connect');
  let buffered = '';
  let isOver = false;
  let wake: (() => void) | undefined;
  const changed = (): void => {
    wake?.();
    wake = undefined;
  };
  let stream: Socket = socket;
  const over = (): void => {
    isOver = true;
    changed();
  };
  const listen = (to: Socket): void => {
    to.setEncoding('latin1').on('data', (text: string) => {
      buffered += text;
      changed();
    });
    to.on('end', over).on('close', over).on('error', over);
  };
  listen(socket);
  const line = async (): Promise<string | undefined> => {
    for (;;) {
      const end = buffered.indexOf('\r\n');
      if (end >= 0) {
        const text = buffered.slice(0, end);
        buffered = buffered.slice(end + 2);
        return text;
      }
      if (isOver) return undefined;
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('the server says nothing')), deadlineMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const reply = async (): Promise<string | undefined> => {
    const lines: string[] = [];
    for (;;) {
      const next = await line();
      if (next === undefined) return lines.length === 0 ? undefined : lines.join('\n');
      lines.push(next);
      if (next[3] !== '-') return lines.join('\n');
    }
  };
  const send = (bytes: string): void => void stream.write(bytes, 'latin1');
  return {
    socket,
    startTls(options) {
      socket.removeAllListeners('data').removeAllListeners('end');
      return new Promise((resolve, reject) => {
        const encrypted = upgrade({ socket, rejectUnauthorized: false, ...options });
        encrypted.once('error', reject).once('close', () => reject(new Error('closed in the handshake')));
        encrypted.once('secureConnect', () => {
          stream = encrypted;
          listen(encrypted);
          resolve(encrypted);
        });
      });
    },
    send,
    line,
    reply,
    say(text) {
      send(`${text}\r\n`);
      return reply();
    },
    async closed() {
      const next = await line();
      if (next !== undefined) throw new Error(`not closed, but: ${next}`);
    },
    end: () => void stream.end(),
    destroy: () => void socket.destroy(),
  };
}
