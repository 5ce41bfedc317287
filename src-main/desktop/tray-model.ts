/** What the tray shows, as values: testable without a tray. */
import type { ServerSummary } from '../api/contract';

export type TrayState = 'running' | 'paused' | 'stopped' | 'failed';

/** Trouble wins over everything; then running over paused over stopped. undefined: the engine is out of reach. */
export function decideTrayState(servers: readonly Pick<ServerSummary, 'state'>[] | undefined): TrayState {
  if (!servers) return 'failed';
  if (servers.some((server) => server.state === 'failed')) return 'failed';
  if (servers.some((server) => server.state === 'started' || server.state === 'starting')) return 'running';
  if (servers.some((server) => server.state === 'paused' || server.state === 'pausing')) return 'paused';
  return 'stopped';
}

const stateWords: Record<ServerSummary['state'], string> = {
  started: 'running',
  starting: 'starting',
  paused: 'paused',
  pausing: 'pausing',
  stopped: 'stopped',
  stopping: 'stopping',
  failed: 'could not start',
};

/** One line for the tooltip: "Mailroot: 2 of 3 running, 12 in queue". */
export function describeServers(servers: readonly ServerSummary[] | undefined): string {
  if (!servers) return 'Mailroot: the engine is out of reach';
  if (servers.length === 1 && servers[0])
    return `Mailroot: ${stateWords[servers[0].state]}${queueWords(servers)}`;
  const running = servers.filter((server) => server.state === 'started').length;
  return `Mailroot: ${running} of ${servers.length} running${queueWords(servers)}`;
}

function queueWords(servers: readonly ServerSummary[]): string {
  const queued = servers.reduce((sum, server) => sum + server.counts.queue, 0);
  return queued === 0 ? '' : `, ${queued} in queue`;
}

export type TrayVerb = 'start' | 'pause' | 'resume' | 'stop';

/** The verbs of a virtual server in its state, in the order of the console. */
export function verbsOf(state: ServerSummary['state']): TrayVerb[] {
  switch (state) {
    case 'started':
      return ['pause', 'stop'];
    case 'paused':
      return ['resume', 'stop'];
    case 'stopped':
    case 'failed':
      return ['start'];
    default:
      return [];
  }
}

export const verbLabels: Record<TrayVerb, string> = {
  start: 'Start',
  pause: 'Pause',
  resume: 'Resume',
  stop: 'Stop',
};
export const labelOf = (server: ServerSummary): string => `${server.name} (${stateWords[server.state]})`;
