import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCertificateActions, openCertificates } from '../../../src-main/certificates';
import { pemOf } from '../../../src-main/certificates/private-key';
import { Problem } from '../../../src-main/engine/core/problem';
import { createSecretBox } from '../../../src-main/settings/secret-box';

let dataFolder: string;
let warnings: string[];
const open = () =>
  openCertificates({
    dataFolder,
    box: createSecretBox(dataFolder),
    warn: (line) => void warnings.push(line),
  });
const files = () => readdirSync(join(dataFolder, 'certificates'));
const selfSigned = {
  name: 'Mail',
  names: ['mail.example.com', '192.0.2.7'],
  days: 90,
  key: 'ec-p256',
} as const;

beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'mailroot-certificates-'));
  warnings = [];
});
afterEach(() => rmSync(dataFolder, { recursive: true, force: true }));

describe('the store of certificates', () => {
  it('has nothing and makes nothing before the first certificate', () => {
    expect(open().list()).toEqual([]);
    expect(existsSync(join(dataFolder, 'certificates'))).toBe(false);
  });

  it('knows after a restart what it knew before', async () => {
    const store = open();
    const entry = await createCertificateActions(store).createSelfSigned(selfSigned);
    const again = open();
    expect(again.list().map(({ id, name }) => ({ id, name }))).toEqual([{ id: entry.id, name: 'Mail' }]);
    expect(again.get(entry.id).installed?.facts).toEqual(entry.installed?.facts);
    expect(again.credentialsOf(entry.id)).toEqual(store.credentialsOf(entry.id));
    expect(again.credentialsOf(entry.id)?.keyPem).toContain('PRIVATE KEY');
    expect(warnings).toEqual([]);
  });

  it('lets nobody but its owner read the files, and no private key lies in them in clear', async () => {
    const store = open();
    const actions = createCertificateActions(store);
    const { id, installed } = await actions.createSelfSigned(selfSigned);
    const subject = { organization: '', unit: '', country: '', state: '', locality: '' };
    const { pending } = await actions.createRequest({ ...selfSigned, ...subject });
    const keys = [installed?.key, pending?.key].map((key) =>
      pemOf(key as Exclude<typeof key, Problem | undefined>),
    );
    expect(store.credentialsOf(id)?.keyPem).toBe(keys[0]);
    expect(files()).toHaveLength(2);
    for (const name of files()) {
      const path = join(dataFolder, 'certificates', name);
      const text = readFileSync(path, 'utf8');
      if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(text).not.toContain('PRIVATE KEY');
      for (const pem of keys) {
        // The longest line of the key: the same bytes, wherever a line would be broken.
        const line = pem.split('\n')[1] as string;
        expect(text).not.toContain(line.slice(0, 40));
      }
    }
  });

  it('skips a damaged file with a warning and leaves it as it is', async () => {
    const { id } = await createCertificateActions(open()).createSelfSigned(selfSigned);
    const good = readFileSync(join(dataFolder, 'certificates', `${id}.json`), 'utf8');
    const damaged: Readonly<Record<string, string>> = {
      '0000000000000001.json': '',
      '0000000000000002.json': good.slice(0, 300),
      '0000000000000003.json': '{"version":1,"id":"0000000000000003","name":"Empty"}',
      '0000000000000004.json': good.replace('"version": 1', '"version": 2'),
      // A copy under another number: two entries with one number would fight.
      '0000000000000005.json': good,
      '0000000000000006.json': good
        .replace(id, '0000000000000006')
        .replace(/-----BEGIN CERT[^\\]+/, '-----BEGIN '),
      '0000000000000007.json': 'null',
    };
    for (const [name, text] of Object.entries(damaged))
      writeFileSync(join(dataFolder, 'certificates', name), text);
    writeFileSync(join(dataFolder, 'certificates', 'notes.txt'), 'mine');

    expect(
      open()
        .list()
        .map((entry) => entry.id),
    ).toEqual([id]);
    expect(warnings).toHaveLength(Object.keys(damaged).length);
    for (const [name, text] of Object.entries(damaged)) {
      expect(
        warnings.some((line) => line.includes(name)),
        name,
      ).toBe(true);
      expect(readFileSync(join(dataFolder, 'certificates', name), 'utf8')).toBe(text);
    }
    expect(readFileSync(join(dataFolder, 'certificates', 'notes.txt'), 'utf8')).toBe('mine');
  });

  it('clears away what a crash left half written, and nothing else', async () => {
    const { id } = await createCertificateActions(open()).createSelfSigned(selfSigned);
    const half = join(dataFolder, 'certificates', `${id}.json.4711-1.tmp`);
    const foreign = join(dataFolder, 'certificates', 'other.tmp');
    writeFileSync(half, '{"version"');
    writeFileSync(foreign, 'mine');
    expect(open().list()).toHaveLength(1);
    expect(existsSync(half)).toBe(false);
    expect(existsSync(foreign)).toBe(true);
    expect(warnings).toEqual([]);
  });

  it('keeps a certificate whose key it cannot open, offers no credentials, and never writes over it', async () => {
    const { id } = await createCertificateActions(open()).createSelfSigned(selfSigned);
    const path = join(dataFolder, 'certificates', `${id}.json`);
    const before = readFileSync(path, 'utf8');
    rmSync(join(dataFolder, 'secret.key'));
    const store = open();
    expect(store.list().map((entry) => entry.id)).toEqual([id]);
    expect(store.credentialsOf(id)).toBeUndefined();
    expect(warnings[0]).toContain('"Mail"');
    await expect(createCertificateActions(store).rename(id, 'Other')).rejects.toBeInstanceOf(Problem);
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(store.get(id).name).toBe('Mail');
  });

  it('changes nothing when the disk does not take it', async () => {
    const store = open();
    const { id } = await createCertificateActions(store).createSelfSigned(selfSigned);
    let told = 0;
    store.onChange(() => told++);
    // A file where the folder was: no system lets anybody write below it.
    rmSync(join(dataFolder, 'certificates'), { recursive: true });
    writeFileSync(join(dataFolder, 'certificates'), '');
    const refused = await createCertificateActions(store)
      .rename(id, 'Other')
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'folder-unusable' });
    expect(store.get(id).name).toBe('Mail');
    expect(told).toBe(0);
    rmSync(join(dataFolder, 'certificates'));
    mkdirSync(join(dataFolder, 'certificates'));
    await createCertificateActions(store).rename(id, 'Other');
    expect(open().get(id).name).toBe('Other');
    expect(told).toBe(1);
  });

  it('removes a certificate unless somebody objects', async () => {
    const store = open();
    const { id } = await createCertificateActions(store).createSelfSigned(selfSigned);
    const objection = new Problem('refused', 'In use.');
    await expect(
      store.remove(id, () => {
        throw objection;
      }),
    ).rejects.toBe(objection);
    expect(files()).toEqual([`${id}.json`]);
    await store.remove(id, () => undefined);
    expect(files()).toEqual([]);
    expect(store.credentialsOf(id)).toBeUndefined();
    await expect(store.remove(id, () => undefined)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('loses no change of several that come at once', async () => {
    const store = open();
    const actions = createCertificateActions(store);
    const { id } = await actions.createSelfSigned(selfSigned);
    const before = store.credentialsOf(id)?.fingerprint;
    await Promise.all([actions.renew(id, 30), actions.rename(id, 'Renamed')]);
    expect(open().get(id).name).toBe('Renamed');
    expect(open().credentialsOf(id)?.fingerprint).not.toBe(before);
  });
});
