/** What scripts/bench.mjs uses. */

export { postfixSkipReason } from '../support/postfix';
export { describeMachine } from './machine';
export { indexSectionEnd, indexSectionStart, measureIndex, renderIndexSection } from './mail-index';
export { measureAll } from './measure';
export { describeInLines, formatForTerminal, renderPage } from './page';
