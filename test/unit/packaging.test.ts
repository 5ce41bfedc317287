import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const config = readFileSync(join(root, 'electron-builder.yml'), 'utf8');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  devDependencies: Record<string, string>;
};

describe('what is released', () => {
  it('is packaged with the Electron that is tested against', () => {
    expect(/^electronVersion: (\S+)$/m.exec(config)?.[1]).toBe(manifest.devDependencies.electron);
  });

  it('has machine code outside of app.asar, where the system can open it', () => {
    expect(config).toMatch(/^asarUnpack:\n(?: +#.*\n)* {2}- dist\/native\/\*\*$/m);
    expect(config).toMatch(/^ {2}- dist\/\*\*$/m);
  });

  it.each([
    ['runAsNode', 'false'],
    ['enableNodeOptionsEnvironmentVariable', 'false'],
    ['enableNodeCliInspectArguments', 'false'],
    ['enableEmbeddedAsarIntegrityValidation', 'true'],
    ['onlyLoadAppFromAsar', 'true'],
  ])('has the fuse %s set to %s', (fuse, value) => {
    expect(config).toContain(`  ${fuse}: ${value}\n`);
  });
});
