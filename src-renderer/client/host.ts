/** The desktop's capabilities, when the page runs in the desktop. */
import { type HostCapabilities, hostGlobal } from '../../src-main/api/contract/host';

/** undefined in the browser console: verbs that need the host are then left out. */
export function findHost(): HostCapabilities | undefined {
  return (globalThis as unknown as Record<string, HostCapabilities | undefined>)[hostGlobal];
}
