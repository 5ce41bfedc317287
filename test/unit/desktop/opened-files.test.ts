import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createOpenedFiles, mailFilesIn } from '../../../src-main/desktop/opened-files';

const folder = mkdtempSync(join(tmpdir(), 'opened-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('takes message files from a command line, and nothing else', () => {
  const argv = ['main.cjs', '--data', 'x.eml', '--flag.eml', 'a.eml', '/m/B.EML', 'c.txt'];
  expect(mailFilesIn(argv, '/w')).toEqual([resolve('/w', 'a.eml'), resolve('/m/B.EML')]);
});

it('hands over one after the other, and tells of what cannot be read', async () => {
  const path = join(folder, 'mail.eml');
  writeFileSync(path, 'Subject: x\r\n\r\n');
  const told: string[] = [];
  let waiting = 0;
  const files = createOpenedFiles({
    onWaiting: () => {
      waiting += 1;
    },
    onFault: (text) => told.push(text),
  });
  files.add([join(folder, 'gone.eml'), folder, path]);
  expect(waiting).toBe(1);
  const file = await files.take();
  expect([file?.name, file?.bytes.length]).toEqual(['mail.eml', 14]);
  expect(told).toHaveLength(2);
  expect(await files.take()).toBeUndefined();
});
