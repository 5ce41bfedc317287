import { readFileSync } from 'node:fs';
import { configDefaults, defineConfig } from 'vitest/config';
import './scripts/vitest-node20.mjs';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

interface Kind {
  name: string;
  maxWorkers: number;
  testTimeout: number;
}

/**
 * One project a folder of test/, run one after another: what starts servers, browsers and windows has both cores
 * to itself and never competes for a port or a display.
 */
const kinds: Kind[] = [
  { name: 'unit', maxWorkers: 2, testTimeout: 10_000 },
  { name: 'protocol', maxWorkers: 2, testTimeout: 20_000 },
  { name: 'fuzz', maxWorkers: 2, testTimeout: 120_000 },
  { name: 'integration', maxWorkers: 2, testTimeout: 60_000 },
  { name: 'e2e-browser', maxWorkers: 2, testTimeout: 60_000 },
  { name: 'e2e-desktop', maxWorkers: 1, testTimeout: 90_000 },
];

export default defineConfig({
  define: { __VERSION__: JSON.stringify(version) },
  test: {
    projects: kinds.map(({ name, maxWorkers, testTimeout }, index) => ({
      extends: true,
      test: {
        name,
        include: [`test/${name}/**/*.test.ts`, `test/${name}/**/*.test.tsx`],
        exclude: configDefaults.exclude,
        environment: 'node',
        pool: 'forks',
        maxWorkers,
        fileParallelism: maxWorkers > 1,
        testTimeout,
        hookTimeout: testTimeout,
        // On a shared build server real disks, programs and windows may stand still for seconds: a second try there
        // tells that from a fault. At a developer's desk a test that fails sometimes fails.
        retry: process.env.CI ? 1 : 0,
        sequence: { groupOrder: index },
      },
    })),
  },
});
