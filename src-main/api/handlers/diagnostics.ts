/** Explain and look up. */
import { Problem } from '../../engine/core/problem';
import type { Implementer } from '../implementer';
import type { Services } from './services';

const notYet = (): never => {
  throw new Problem('unavailable', 'Diagnostics are not available.');
};

export function createDiagnosticsHandlers(os: Implementer, _services: Services) {
  return {
    explain: os.diagnostics.explain.handler(() => notYet()),
    lookUp: os.diagnostics.lookUp.handler(() => notYet()),
  };
}
