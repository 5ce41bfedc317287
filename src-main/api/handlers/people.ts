/** Accounts of SMTP clients, operators of the console, and the system's users who may use the command line. Passwords come in and never go out. */
import type { Implementer } from '../implementer';
import type { Services } from './services';

export function createAccountHandlers(os: Implementer, { people: { accounts } }: Services) {
  return {
    list: os.accounts.list.handler(() => accounts.list()),
    create: os.accounts.create.handler(({ input }) => accounts.create(input)),
    set: os.accounts.set.handler(({ input: { name, ...change } }) => accounts.set(name, change)),
    delete: os.accounts.delete.handler(async ({ input }) => {
      await accounts.delete(input.name);
      return {};
    }),
  };
}

export function createOperatorHandlers(os: Implementer, { people: { operators } }: Services) {
  return {
    list: os.operators.list.handler(() => operators.list()),
    create: os.operators.create.handler(({ input }) => operators.create(input)),
    set: os.operators.set.handler(({ input: { name, ...change } }) => operators.set(name, change)),
    delete: os.operators.delete.handler(async ({ input }) => {
      await operators.delete(input.name);
      return {};
    }),
  };
}

export function createSystemOperatorHandlers(os: Implementer, { people: { systemOperators } }: Services) {
  return {
    list: os.systemOperators.list.handler(() => systemOperators.overview()),
    create: os.systemOperators.create.handler(({ input }) => systemOperators.create(input)),
    set: os.systemOperators.set.handler(({ input }) => systemOperators.set(input)),
    delete: os.systemOperators.delete.handler(async ({ input }) => {
      await systemOperators.delete(input);
      return {};
    }),
  };
}
