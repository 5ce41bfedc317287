/** Accounts of SMTP clients and operators of the console. */
import { Problem } from '../../engine/core/problem';
import type { Implementer } from '../implementer';
import type { Services } from './services';

const notYet = (): never => {
  throw new Problem('unavailable', 'Accounts are not available.');
};

export function createAccountHandlers(os: Implementer, _services: Services) {
  return {
    list: os.accounts.list.handler(() => notYet()),
    create: os.accounts.create.handler(() => notYet()),
    set: os.accounts.set.handler(() => notYet()),
    delete: os.accounts.delete.handler(() => notYet()),
  };
}

export function createOperatorHandlers(os: Implementer, _services: Services) {
  return {
    list: os.operators.list.handler(() => notYet()),
    create: os.operators.create.handler(() => notYet()),
    set: os.operators.set.handler(() => notYet()),
    delete: os.operators.delete.handler(() => notYet()),
  };
}
