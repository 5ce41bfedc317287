/** Words for values of the contract, the same everywhere in the console. Pure. */
import type { DomainRow, ServerSummary } from '../../src-main/api/contract';

/** 'unknown' while the engine is out of reach: what it last told may not be true any more. */
export type ShownState = ServerSummary['state'] | 'unknown';

const stateWords: Record<ShownState, string> = {
  stopped: 'Stopped',
  starting: 'Starting',
  started: 'Running',
  pausing: 'Pausing',
  paused: 'Paused',
  stopping: 'Stopping',
  failed: 'Failed to start',
  unknown: 'State unknown',
};

export const stateWord = (state: ShownState): string => stateWords[state];

/** As the original console wrote it behind the name; a running server has none. */
export function stateSuffix(state: ShownState): string {
  if (state === 'started') return '';
  return ` (${state === 'failed' ? 'Failed' : state === 'unknown' ? 'Unknown' : stateWords[state]})`;
}

/** Which of the state icons stands for a state. */
export type StateGlyph = 'running' | 'paused' | 'stopped' | 'failed' | 'busy' | 'unknown';

const glyphs: Record<ShownState, StateGlyph> = {
  stopped: 'stopped',
  starting: 'busy',
  started: 'running',
  pausing: 'busy',
  paused: 'paused',
  stopping: 'busy',
  failed: 'failed',
  unknown: 'unknown',
};

export const stateGlyph = (state: ShownState): StateGlyph => glyphs[state];

const domainTypes: Record<DomainRow['type'], string> = {
  default: 'Local (Default)',
  alias: 'Local (Alias)',
  remote: 'Remote',
};

export const domainTypeWord = (type: DomainRow['type']): string => domainTypes[type];

/** "2 of 3 running" for the status bar. */
export function summarizeStates(servers: readonly { readonly state: ShownState }[]): string {
  if (servers.length === 0) return 'No virtual servers';
  const running = servers.filter((server) => server.state === 'started').length;
  return `${running} of ${servers.length} running`;
}

/** The glyph that stands for all servers together: the worst that needs eyes. */
export function summaryGlyph(servers: readonly { readonly state: ShownState }[]): StateGlyph {
  const states = new Set(servers.map((server) => glyphs[server.state]));
  const [glyph = 'stopped'] = (['failed', 'busy', 'running', 'paused'] as const).filter((each) =>
    states.has(each),
  );
  return glyph;
}

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
