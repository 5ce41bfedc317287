/** What scripts/bench.mjs uses. */

export { postfixSkipReason } from '../support/postfix';
export { describeMachine } from './machine';
export { measureAll } from './measure';
export { describeInLines, formatForTerminal, renderPage } from './page';
