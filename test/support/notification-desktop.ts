/** A session bus with a desktop's notification service on it, which tells what was shown and can be clicked. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { toolPath } from './packages';

export const notificationTools = ['dbus', 'python3-dbus', 'python3-gi', 'notify'];

export interface ShownNotification {
  readonly id: number;
  readonly title: string;
  readonly body: string;
}

export interface NotificationDesktop {
  /** For the environment of a program that shows notifications. */
  readonly env: { readonly DBUS_SESSION_BUS_ADDRESS: string };
  readonly shown: readonly ShownNotification[];
  click(id: number): void;
  close(): Promise<void>;
}

const service = join(import.meta.dirname, 'notification-daemon.py');

export async function startNotificationDesktop(): Promise<NotificationDesktop> {
  const bus = spawn(toolPath('dbus') ?? 'dbus-daemon', ['--session', '--nofork', '--print-address=1'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const address = await firstLine(bus);
  const env = { DBUS_SESSION_BUS_ADDRESS: address };
  // The system's own: its modules are built for it.
  const daemon = spawn('/usr/bin/python3', [service], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const shown: ShownNotification[] = [];
  await new Promise<void>((resolve, reject) => {
    daemon.once('exit', () => reject(new Error('the notification service ended')));
    createInterface(daemon.stdout).on('line', (line) => {
      const said = JSON.parse(line) as ShownNotification | { ready: true };
      if ('ready' in said) resolve();
      else shown.push(said);
    });
  });
  return {
    env,
    shown,
    click: (id) => void daemon.stdin.write(`${id}\n`),
    async close() {
      await endProcess(daemon);
      await endProcess(bus);
    },
  };
}

function firstLine(child: ChildProcess & { stdout: NodeJS.ReadableStream }): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error('the session bus ended')));
    createInterface(child.stdout).once('line', resolve);
  });
}

function endProcess(child: ChildProcess): Promise<unknown> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill();
  return ended;
}
