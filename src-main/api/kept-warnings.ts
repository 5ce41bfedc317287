/**
 * Warnings that stay true for a while, for the console's list of what needs attention: whoever was not looking when one
 * was said finds it there.
 *
 * Owns: the last warning of each lasting kind for each virtual server; nothing else is kept, and nothing on disk.
 * Promises: a warning goes when what it is about is mended as far as events and settings tell, when its virtual server
 *   stops (what is still wrong is said again after the start), and with its age.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../engine/core/clock';
import type { EngineEvent } from '../engine/core/event';
import type { ServerSettings, Settings } from '../settings/schema';

export interface KeptWarning {
  readonly serverId: number;
  readonly code: string;
  readonly text: string;
  readonly at: number;
}

export interface KeptWarnings {
  push(event: EngineEvent): void;
  settingsChanged(now: Settings, before: Settings): void;
  /** The oldest first. */
  list(): readonly KeptWarning[];
}

interface Kind {
  /** What to do, where the warning itself does not say it. */
  readonly advice?: string;
  readonly forMs: number;
  /** The settings that it is about; when they change it starts anew. */
  readonly about: (server: ServerSettings) => unknown;
}

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;

const waysOut = (server: ServerSettings): unknown => [
  server.smartHost,
  server.furtherSmartHosts,
  server.senderRoutes,
  server.outboundPort,
  server.outboundAuthentication,
  server.outboundUserName,
  server.outboundPassword,
  server.outboundSignIn,
  server.outboundTls,
  server.outboundTlsFromStart,
  server.outboundMinimumTls,
  server.domains,
];

const kinds = new Map<string, Kind>([
  ['login-refused', { forMs: dayMs, about: waysOut }],
  ['security-missing', { forMs: dayMs, about: waysOut }],
  ['smart-host-unreachable', { forMs: dayMs, about: waysOut }],
  [
    'password-in-clear',
    {
      // Said once an hour for as long as it goes on.
      forMs: 2 * hourMs,
      advice:
        'TLS encryption under Outbound Security makes mail wait instead. Change the password afterwards.',
      about: waysOut,
    },
  ],
  [
    'dkim-key-unusable',
    // Said once, with what helps, and true until the keys change.
    { forMs: Number.POSITIVE_INFINITY, about: ({ dkimKeys }) => dkimKeys },
  ],
  [
    'log-unwritable',
    {
      forMs: dayMs,
      advice: 'Make room or give Mailroot the right to write there, or choose another log directory.',
      // A new directory is tried within a second, and says "log-written" then.
      about: ({ isLogging }) => isLogging,
    },
  ],
  [
    'old-tls-unavailable',
    {
      // Said once for each start, and true until the settings change.
      forMs: Number.POSITIVE_INFINITY,
      about: ({ oldTlsList, minimumTls, bindings }) => [oldTlsList, minimumTls, bindings],
    },
  ],
  [
    'directory-unavailable',
    {
      // Said once, and true until it answers again or the settings are others.
      forMs: Number.POSITIVE_INFINITY,
      about: (server) => Object.entries(server).filter(([name]) => /^(?:usesL|l)dap/i.test(name)),
    },
  ],
  [
    'accounts-unavailable',
    // Said once an hour for as long as it goes on, with what helps.
    { forMs: 2 * hourMs, about: () => undefined },
  ],
  [
    // Said once in a while for each kind of failure, with what helps.
    'tls-handshake-failed',
    {
      forMs: hourMs,
      about: ({ certificate, bindings, minimumTls, oldTlsList }) => [
        certificate,
        bindings,
        minimumTls,
        oldTlsList,
      ],
    },
  ],
]);

/** What a later event ends. */
const endedBy = new Map([
  ['log-written', 'log-unwritable'],
  ['directory-available', 'directory-unavailable'],
]);

/** Mail that goes to the host they name shows that it is mended. */
const endedByDelivery = new Set(['login-refused', 'security-missing', 'smart-host-unreachable']);

/** Keeps at most one warning of each kind for each virtual server. */
export function createKeptWarnings(clock: Clock): KeptWarnings {
  const kept = new Map<string, KeptWarning>();
  const drop = (isOver: (warning: KeptWarning) => boolean): void => {
    for (const [key, warning] of kept) if (isOver(warning)) kept.delete(key);
  };
  return {
    push(event) {
      const { serverId } = event;
      if (event.type === 'server-state' && event.state === 'stopped')
        drop((warning) => warning.serverId === serverId);
      if (event.type === 'recipient-outcome' && event.outcome === 'relayed') {
        const host = event.remote?.name;
        drop(
          (warning) =>
            warning.serverId === serverId &&
            endedByDelivery.has(warning.code) &&
            host !== undefined &&
            warning.text.includes(host),
        );
      }
      if (event.type !== 'warning') return;
      const { code } = event;
      const ended = endedBy.get(code);
      if (ended !== undefined) kept.delete(`${serverId}/${ended}`);
      const kind = kinds.get(code);
      if (!kind) return;
      const text = kind.advice === undefined ? event.text : `${withFullStop(event.text)} ${kind.advice}`;
      kept.set(`${serverId}/${code}`, { serverId, code, text, at: clock.now() });
    },
    settingsChanged(now, before) {
      drop(({ serverId, code }) => {
        const server = now.servers.find(({ id }) => id === serverId);
        const old = before.servers.find(({ id }) => id === serverId);
        const about = kinds.get(code)?.about;
        return !server || !old || !about || !isDeepStrictEqual(about(server), about(old));
      });
    },
    list() {
      drop(({ code, at }) => clock.now() - at >= (kinds.get(code)?.forMs ?? 0));
      return [...kept.values()].sort((one, other) => one.at - other.at);
    },
  };
}

const withFullStop = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
