/**
 * A Vitest reporter that writes what the last line of `npm test` is counted from: one entry a test, with the
 * reason of each failure and skip, to the file named by MAILROOT_TEST_REPORT. A run that never ends writes
 * nothing, which scripts/test.mjs counts as a failure.
 */
import { writeFileSync } from 'node:fs';

export default class TestReport {
  onTestRunEnd(modules, unhandledErrors) {
    const results = [];
    for (const module of modules) {
      const file = `${module.project.name}: ${module.relativeModuleId ?? module.moduleId}`;
      // A file or suite that fails outside of its tests has no failed test to be counted by.
      for (const error of module.errors())
        results.push({ state: 'failed', title: file, reason: error.message });
      for (const suite of module.children.allSuites()) {
        for (const error of suite.errors()) {
          results.push({ state: 'failed', title: `${file} > ${suite.fullName}`, reason: error.message });
        }
      }
      for (const test of module.children.allTests()) {
        const { state, errors, note } = test.result();
        // Still pending at the end: the worker died under it.
        const known = state === 'passed' || state === 'skipped' ? state : 'failed';
        const reason = errors?.[0]?.message ?? note ?? (state === known ? '' : `ended ${state}`);
        results.push({ state: known, title: `${file} > ${test.fullName}`, reason });
      }
    }
    for (const error of unhandledErrors) {
      results.push({ state: 'failed', title: 'outside of any test', reason: error.message });
    }
    writeFileSync(process.env.MAILROOT_TEST_REPORT ?? 'test-results/report.json', JSON.stringify(results));
  }
}
