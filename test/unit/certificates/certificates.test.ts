import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  type CertificateActions,
  createCertificateActions,
  openCertificates,
  rowOf,
} from '../../../src-main/certificates';
import { type Der, integer, octets, parseDer, partsOf, writeDer } from '../../../src-main/certificates/der';
import type { CertificateStore } from '../../../src-main/certificates/store';
import { Problem } from '../../../src-main/engine/core/problem';
import { createSecretBox } from '../../../src-main/settings/secret-box';
import { OpensslFolder } from '../../support/openssl';
import { describeWith } from '../../support/packages';

const dayMs = 86_400_000;
const hosts = ['mail.example.com', '*.example.com', '192.0.2.7', '2001:db8::7'];
const noSubject = { organization: '', unit: '', country: '', state: '', locality: '' };

describeWith(['openssl'], 'certificates', () => {
  const ssl = new OpensslFolder();
  let dataFolder: string;
  let store: CertificateStore;
  let actions: CertificateActions;
  let nowMs: number;

  beforeAll(() => {
    ssl.makeAuthority();
    ssl.run(
      'req -x509 -newkey rsa:2048 -nodes -keyout rsa.key -out rsa.pem -days 400 -subj /CN=rsa.example.com',
    );
    ssl.run(
      'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -keyout ec.key -out ec.pem -days 400 -subj /CN=ec.example.com',
    );
  });
  afterAll(() => ssl.remove());
  beforeEach(() => {
    dataFolder = mkdtempSync(join(tmpdir(), 'mailroot-certificates-'));
    store = openCertificates({ dataFolder, box: createSecretBox(dataFolder), warn: () => undefined });
    nowMs = Date.now();
    actions = createCertificateActions(store, () => nowMs);
  });
  afterEach(() => rmSync(dataFolder, { recursive: true, force: true }));

  const problemOf = async (run: Promise<unknown>): Promise<Problem> => {
    const error = await run.then(
      () => new Error('it was accepted'),
      (reason: unknown) => reason,
    );
    if (!(error instanceof Problem)) throw error;
    return error;
  };
  const importOf = (tree: Der) =>
    actions.importPfx({ name: 'Odd', contentBase64: writeDer(tree).toString('base64'), password: 'x' });
  const rowFor = (id: string) => rowOf(store.get(id), []);
  const leafOf = (id: string) => new X509Certificate(store.credentialsOf(id)?.certificatePem ?? '');

  it.each(['ec-p256', 'rsa-2048'] as const)(
    'a self-signed certificate with %s is good for its names',
    async (key) => {
      const { id } = await actions.createSelfSigned({ name: 'Mail', names: hosts, days: 90, key });
      const row = rowFor(id);
      expect(row).toMatchObject({
        state: 'ready',
        subject: 'CN=mail.example.com',
        issuer: 'CN=mail.example.com',
        names: hosts,
        isKeyStrong: true,
        isSelfSigned: true,
        isRenewalRequested: false,
      });
      expect(row.key).toBe({ 'ec-p256': 'EC P-256', 'rsa-2048': 'RSA 2048' }[key]);
      expect(row.notBefore).toBeLessThan(nowMs);
      expect(Math.round(((row.notAfter ?? 0) - nowMs) / dayMs)).toBe(90);
      const leaf = leafOf(id);
      for (const host of ['mail.example.com', 'other.example.com'])
        expect(leaf.checkHost(host), host).toBeDefined();
      for (const address of ['192.0.2.7', '2001:db8::7'])
        expect(leaf.checkIP(address), address).toBeDefined();
      ssl.write('made.pem', leaf.toString());
      const text = ssl.run('x509 -in made.pem -noout -text');
      expect(text).toContain('TLS Web Server Authentication');
      expect(text).toContain('CA:FALSE');
      expect(
        ssl.run('verify -CAfile made.pem -purpose sslserver -verify_hostname mail.example.com made.pem'),
      ).toContain('OK');
    },
  );

  it('two self-signed certificates never have the same number', async () => {
    const input = { name: 'Mail', names: ['mail.example.com'], days: 9, key: 'ec-p256' } as const;
    const made = [await actions.createSelfSigned(input), await actions.createSelfSigned(input)];
    expect(new Set(made.map(({ id }) => leafOf(id).serialNumber)).size).toBe(2);
    expect(leafOf(made[0]?.id ?? '').serialNumber).toMatch(/^[4-7]/);
  });

  it.each([
    ['mail example', 'names.1'],
    ['https://mail.example.com', 'names.1'],
    ['ann@example.com', 'names.1'],
    ['300.1.1.1', 'names.1'],
    ['a..b', 'names.1'],
    ['*.*.example.com', 'names.1'],
    [`${'a'.repeat(64)}.example.com`, 'names.1'],
    ['fe80::1%eth0', 'names.1'],
  ])('%s is no host name', async (name, field) => {
    const input = { name: 'Mail', names: ['mail.example.com', name], days: 9, key: 'ec-p256' } as const;
    expect(await problemOf(actions.createSelfSigned(input))).toMatchObject({ code: 'invalid', field });
    expect(store.list()).toEqual([]);
  });

  it('names are kept as the network writes them, each once', async () => {
    const names = ['Mail.Example.COM', 'mail.example.com.', 'müller.example', '[2001:DB8:0::1]'];
    const { id } = await actions.createSelfSigned({ name: 'Mail', names, days: 9, key: 'ec-p256' });
    expect(rowFor(id).names).toEqual(['mail.example.com', 'xn--mller-kva.example', '2001:db8::1']);
  });

  it('a request asks for names and subject, and its answer is installed with its chain', async () => {
    const subject = {
      organization: 'Example, Inc. "West"',
      unit: '#42',
      country: 'de',
      state: '+Hessen',
      locality: 'Köln',
    };
    const { id } = await actions.createRequest({ name: 'Mail', names: hosts, key: 'ec-p256', ...subject });
    expect(rowFor(id)).toMatchObject({ state: 'requested', names: hosts, key: 'EC P-256' });
    expect(rowFor(id).subject).toMatch(/^CN=mail\.example\.com, OU=#42, O=Example, Inc\. "West", L=Köln/);
    expect(store.credentialsOf(id)).toBeUndefined();
    const pem = actions.request(id);
    ssl.write('r.csr', pem);
    expect(ssl.run('req -in r.csr -noout -verify -text -nameopt utf8,sep_multiline')).toContain(
      'TLS Web Server Authentication',
    );
    const shown = ssl.run('req -in r.csr -noout -subject -nameopt utf8,sep_multiline');
    for (const part of [
      'C=DE',
      'ST=+Hessen',
      'L=Köln',
      'O=Example, Inc. "West"',
      'OU=#42',
      'CN=mail.example.com',
    ])
      expect(shown).toContain(part);

    const answer = ssl.sign(pem);
    // Root, leaf and issuing in the wrong order, with words in between.
    const heap = `${ssl.read('root.pem')}\nyour certificate:\n${answer}\r\n${ssl.read('issuing.pem')}`;
    await actions.installAnswer(id, heap);
    const row = rowFor(id);
    expect(row).toMatchObject({
      state: 'ready',
      names: hosts,
      isSelfSigned: false,
      issuer: 'CN=Example-Issuing',
    });
    const sent = store.credentialsOf(id)?.certificatePem ?? '';
    expect(sent.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(sent.startsWith(leafOf(id).toString())).toBe(true);
    expect(() => actions.request(id)).toThrow(/waits/);
    ssl.write('sent.pem', sent);
    expect(ssl.run('verify -CAfile root.pem -untrusted sent.pem sent.pem')).toContain('OK');
  });

  it('an answer in PKCS #7 is taken too', async () => {
    const { id } = await actions.createRequest({ name: 'Mail', names: hosts, key: 'rsa-2048', ...noSubject });
    ssl.write('leaf.pem', ssl.sign(actions.request(id)));
    ssl.run('crl2pkcs7 -nocrl -certfile issuing.pem -certfile leaf.pem -out answer.p7b');
    await actions.installAnswer(id, ssl.read('answer.p7b'));
    expect(store.credentialsOf(id)?.certificatePem.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  });

  it.each([
    ['the certificate of another key', () => ssl.read('rsa.pem'), /not made of the request/],
    ['the request itself', () => actions.request(store.list()[0]?.id ?? ''), /the request itself/],
    ['nothing that is a certificate', () => 'hello', /no certificate/],
    [
      'a damaged certificate',
      () => ssl.read('rsa.pem').replace(/\n[\w+/]{64}\n/, '\nAAAA\n'),
      /no certificate/,
    ],
    ['an endless beginning', () => '-----BEGIN CERTIFICATE-----\n'.repeat(7000), /no certificate/],
  ])('an answer that is %s is refused, and the request waits on', async (_, answer, reason) => {
    const { id } = await actions.createRequest({ name: 'Mail', names: hosts, key: 'ec-p256', ...noSubject });
    const problem = await problemOf(actions.installAnswer(id, answer()));
    expect(problem).toMatchObject({ code: 'invalid', field: 'pem' });
    expect(problem.message).toMatch(reason);
    expect(rowFor(id).state).toBe('requested');
  });

  it('an answer that has expired, or is not valid yet, is refused with the day', async () => {
    const { id } = await actions.createRequest({ name: 'Mail', names: hosts, key: 'ec-p256', ...noSubject });
    const answer = ssl.sign(actions.request(id), 10);
    nowMs += 11 * dayMs;
    expect((await problemOf(actions.installAnswer(id, answer))).message).toMatch(
      /expired on \d{4}-\d\d-\d\d/,
    );
    nowMs -= 13 * dayMs;
    expect((await problemOf(actions.installAnswer(id, answer))).message).toMatch(
      /valid from \d{4}-\d\d-\d\d/,
    );
    nowMs += 3 * dayMs;
    await actions.installAnswer(id, answer);
    expect(rowFor(id).state).toBe('ready');
  });

  it('a self-signed certificate is renewed in its place, with the same names', async () => {
    const { id } = await actions.createSelfSigned({ name: 'Mail', names: hosts, days: 5, key: 'rsa-2048' });
    const before = { row: rowFor(id), credentials: store.credentialsOf(id) };
    const entry = await actions.renew(id, 700);
    expect(entry.pending).toBeUndefined();
    const after = rowFor(id);
    expect(after).toMatchObject({ id, name: 'Mail', names: hosts, key: 'RSA 2048' });
    expect(after.fingerprint).not.toBe(before.row.fingerprint);
    expect(after.notAfter ?? 0).toBeGreaterThan((before.row.notAfter ?? 0) + 600 * dayMs);
    expect(store.credentialsOf(id)?.keyPem).not.toBe(before.credentials?.keyPem);
    expect(store.list()).toHaveLength(1);
  });

  it('another certificate is renewed by a request, and stays in use until the answer comes', async () => {
    const subject = { ...noSubject, organization: 'Example, Inc.' };
    const { id } = await actions.createRequest({ name: 'Mail', names: hosts, key: 'ec-p256', ...subject });
    await actions.installAnswer(id, ssl.sign(actions.request(id)) + ssl.read('issuing.pem'));
    const inUse = store.credentialsOf(id);
    await actions.renew(id, 90);
    expect(rowFor(id)).toMatchObject({ state: 'ready', isRenewalRequested: true });
    expect(store.credentialsOf(id)).toEqual(inUse);
    const request = actions.request(id);
    // Asked again, the request that may be on its way to the authority stays.
    await actions.renew(id, 90);
    expect(actions.request(id)).toBe(request);
    ssl.write('renewal.csr', request);
    expect(ssl.run('req -in renewal.csr -noout -subject -nameopt utf8,sep_multiline')).toContain(
      'O=Example, Inc.',
    );
    await actions.installAnswer(id, ssl.sign(request));
    expect(rowFor(id)).toMatchObject({ isRenewalRequested: false, names: hosts });
    expect(store.credentialsOf(id)?.keyPem).not.toBe(inUse?.keyPem);
    expect(store.list()).toHaveLength(1);
  });

  it('a request cannot be renewed or exported', async () => {
    const { id } = await actions.createRequest({ name: 'Mail', names: hosts, key: 'ec-p256', ...noSubject });
    expect((await problemOf(actions.renew(id, 90))).code).toBe('refused');
    expect((await problemOf(actions.export(id, 'long enough'))).code).toBe('refused');
  });

  const legacy = '-legacy -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-RC2-40 -macalg sha1';
  it.each([
    ['Windows 2003: RC2 and 3DES, RSA', 'rsa', legacy],
    ['Windows 2003: RC2 and 3DES, EC', 'ec', legacy],
    ['128-bit RC2', 'rsa', '-legacy -keypbe PBE-SHA1-RC2-128 -certpbe PBE-SHA1-RC2-128'],
    ['3DES with two keys', 'rsa', '-legacy -keypbe PBE-SHA1-2DES -certpbe PBE-SHA1-2DES'],
    ['AES-256, RSA', 'rsa', ''],
    ['AES-256, EC', 'ec', ''],
    ['AES-128 and SHA-512', 'rsa', '-keypbe AES-128-CBC -certpbe AES-128-CBC -macalg sha512'],
    ['without encryption of the certificates', 'rsa', '-certpbe NONE'],
    ['without any encryption', 'ec', '-certpbe NONE -keypbe NONE'],
    ['without an authentication code', 'rsa', '-nomac'],
  ])('a PFX file is imported: %s', async (_, kind, options) => {
    ssl.run(
      `pkcs12 -export -in ${kind}.pem -inkey ${kind}.key -out in.pfx -passout pass:Grüße-123 ${options}`.trim(),
    );
    const content = ssl.bytes('in.pfx').toString('base64');
    const { id } = await actions.importPfx({ name: 'Old', contentBase64: content, password: 'Grüße-123' });
    expect(leafOf(id).fingerprint256).toBe(new X509Certificate(ssl.read(`${kind}.pem`)).fingerprint256);
    expect(
      createPrivateKey(store.credentialsOf(id)?.keyPem ?? '').equals(
        createPrivateKey(ssl.read(`${kind}.key`)),
      ),
    ).toBe(true);
    if (options === '-certpbe NONE -keypbe NONE') return;
    for (const password of ['grüße-123', '']) {
      const problem = await problemOf(actions.importPfx({ name: 'Old', contentBase64: content, password }));
      expect(problem).toMatchObject({ code: 'invalid', field: 'password' });
    }
    expect(store.list()).toHaveLength(1);
  });

  it('a PFX file brings its chain in order, without the root', async () => {
    ssl.run(
      'req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout chained.key -out chained.csr -subj /CN=chained.example.com',
    );
    ssl.write('chained.pem', ssl.sign(ssl.read('chained.csr')));
    ssl.write('others.pem', ssl.read('root.pem') + ssl.read('rsa.pem') + ssl.read('issuing.pem'));
    ssl.run(
      'pkcs12 -export -in chained.pem -inkey chained.key -certfile others.pem -out chain.pfx -passout pass:',
    );
    const contentBase64 = ssl.bytes('chain.pfx').toString('base64');
    const { id } = await actions.importPfx({ name: 'Chain', contentBase64, password: '' });
    const sent =
      store
        .credentialsOf(id)
        ?.certificatePem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    expect(sent.map((pem) => new X509Certificate(pem).subject)).toEqual([
      'CN=chained.example.com',
      'CN=Example-Issuing',
    ]);
  });

  it.each([
    ['without a private key', '-nokeys', /no private key/],
    ['without a certificate', '-nocerts', /No certificate/],
  ])('a PFX file %s is refused at the file', async (_, option, reason) => {
    ssl.run(`pkcs12 -export -in rsa.pem -inkey rsa.key ${option} -out part.pfx -passout pass:x`);
    const contentBase64 = ssl.bytes('part.pfx').toString('base64');
    const problem = await problemOf(actions.importPfx({ name: 'Part', contentBase64, password: 'x' }));
    expect(problem).toMatchObject({ code: 'invalid', field: 'contentBase64' });
    expect(problem.message).toMatch(reason);
  });

  it('hostile PFX files end in a refusal at a field, quickly', async () => {
    ssl.run('pkcs12 -export -in rsa.pem -inkey rsa.key -out good.pfx -passout pass:x -iter 5');
    const good = ssl.bytes('good.pfx');
    const nested = Buffer.concat(Array.from({ length: 20_000 }, () => Buffer.from([0x30, 0x80])));
    const files = [
      Buffer.alloc(0),
      Buffer.from('hello'),
      nested,
      Buffer.from('30820fff', 'hex'),
      ssl.bytes('rsa.pem'),
    ];
    for (let cut = 1; cut < good.length; cut += 97) files.push(good.subarray(0, cut));
    for (let at = 0; at < good.length; at += 13) {
      const changed = Buffer.from(good);
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      files.push(changed);
    }
    for (const file of files) {
      const input = { name: 'Bad', contentBase64: file.toString('base64'), password: 'x' };
      // A flipped bit in a friendly name or behind the end does no harm.
      const outcome = await actions.importPfx(input).catch((error: unknown) => error);
      if (outcome instanceof Error) {
        expect(outcome).toBeInstanceOf(Problem);
        expect((outcome as Problem).field).toMatch(/^(password|contentBase64)$/);
      }
    }
  });

  it('a file that asks for endless computing is refused', async () => {
    ssl.run(
      'pkcs12 -export -in rsa.pem -inkey rsa.key -out few.pfx -passout pass:x -macalg sha256 -iter 65537',
    );
    const bytes = ssl.bytes('few.pfx');
    // The number of rounds, 65537, made 2130771969 wherever it stands.
    const many = Buffer.from(bytes.toString('hex').replaceAll('0203010001', '02037f0001'), 'hex');
    expect(many.equals(bytes)).toBe(false);
    const problem = await problemOf(
      actions.importPfx({ name: 'Slow', contentBase64: many.toString('base64'), password: 'x' }),
    );
    expect(problem.field).toBe('contentBase64');
    expect(problem.message).toMatch(/computing/);
  });

  it('rounds that are made one by one count for more than those of the system', async () => {
    ssl.run('pkcs12 -export -in rsa.pem -inkey rsa.key -out slow.pfx -passout pass:x');
    const tree = parseDer(ssl.bytes('slow.pfx'));
    // Those of the authentication code.
    partsOf(partsOf(tree)[2])[2] = integer(2_000_000);
    const problem = await problemOf(importOf(tree));
    expect(problem).toMatchObject({
      field: 'contentBase64',
      message: expect.stringMatching(/computing/),
    });
  });

  it('an authentication code of a length that no hash has is not computed', async () => {
    ssl.run('pkcs12 -export -in rsa.pem -inkey rsa.key -out long.pfx -passout pass:x');
    const tree = parseDer(ssl.bytes('long.pfx'));
    const mac = partsOf(tree)[2];
    partsOf(partsOf(mac)[0])[1] = octets(Buffer.alloc(900_000));
    partsOf(mac)[2] = integer(1);
    const problem = await problemOf(importOf(tree));
    expect(problem).toMatchObject({ field: 'contentBase64', message: expect.stringMatching(/damaged/) });
  });

  it.each([
    ['PKCS #8', 'pkcs8 -topk8 -nocrypt -in rsa.key', ''],
    ['PKCS #1', 'rsa -traditional -in rsa.key', ''],
    ['PKCS #1, encrypted', 'rsa -traditional -in rsa.key -aes256 -passout pass:Grüße', 'Grüße'],
    ['PKCS #8, encrypted', 'pkcs8 -topk8 -in rsa.key -passout pass:Grüße', 'Grüße'],
    ['PKCS #8, encrypted by 3DES', 'pkcs8 -topk8 -v1 PBE-SHA1-3DES -in rsa.key -passout pass:Grüße', 'Grüße'],
  ])('PEM is imported with a key in %s', async (_, command, password) => {
    const keyPem = ssl.run(command);
    const certificatePem = ssl.read('rsa.pem');
    const { id } = await actions.importPem({ name: 'Pem', certificatePem, keyPem, password });
    expect(rowFor(id)).toMatchObject({ key: 'RSA 2048', names: ['rsa.example.com'] });
    if (password === '') return;
    for (const wrong of ['', 'wrong']) {
      const problem = await problemOf(
        actions.importPem({ name: 'Pem', certificatePem, keyPem, password: wrong }),
      );
      expect(problem).toMatchObject({ code: 'invalid', field: 'password' });
    }
  });

  it('PEM is imported with an EC key, and from one text with both', async () => {
    const sec1 = ssl.run('ec -in ec.key');
    const input = { name: 'Pem', password: '', certificatePem: ssl.read('ec.pem') };
    await actions.importPem({ ...input, keyPem: sec1 });
    await actions.importPem({ ...input, certificatePem: sec1 + input.certificatePem, keyPem: '' });
    expect(store.list().map((entry) => rowOf(entry, []).key)).toEqual(['EC P-384', 'EC P-384']);
  });

  it('a private key that cannot serve is refused at the key', async () => {
    const refusedAt = async (certificate: string, keyPem: string) =>
      problemOf(actions.importPem({ name: 'Pem', certificatePem: certificate, keyPem, password: '' }));
    const other = await refusedAt(ssl.read('rsa.pem'), ssl.read('ec.key'));
    expect(other).toMatchObject({ field: 'keyPem', message: expect.stringMatching(/does not belong/) });
    const ed = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(await refusedAt(ssl.read('rsa.pem'), ed)).toMatchObject({ field: 'keyPem' });
    expect(
      await refusedAt(ssl.read('rsa.pem'), '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'),
    ).toMatchObject({ field: 'keyPem' });
    expect(await refusedAt(ssl.read('rsa.pem'), 'hello')).toMatchObject({ field: 'keyPem' });
    expect(await refusedAt('hello', ssl.read('rsa.key'))).toMatchObject({ field: 'certificatePem' });
    ssl.run(
      'req -x509 -newkey rsa:512 -nodes -keyout tiny.key -out tiny.pem -days 9 -subj /CN=tiny.example.com',
    );
    const tiny = await refusedAt(ssl.read('tiny.pem'), ssl.read('tiny.key'));
    expect(tiny).toMatchObject({ field: 'keyPem', message: expect.stringMatching(/512 bits/) });
    expect(store.list()).toEqual([]);
  });

  it('a weak RSA key is taken when TLS takes it, and called weak', async () => {
    ssl.run(
      'req -x509 -newkey rsa:1024 -nodes -keyout weak.key -out weak.pem -days 9 -subj /CN=weak.example.com',
    );
    const input = {
      name: 'Weak',
      certificatePem: ssl.read('weak.pem'),
      keyPem: ssl.read('weak.key'),
      password: '',
    };
    let isUsable = true;
    try {
      createSecureContext({ cert: input.certificatePem, key: input.keyPem });
    } catch {
      isUsable = false;
    }
    if (!isUsable) return expect((await problemOf(actions.importPem(input))).field).toBe('certificatePem');
    const { id } = await actions.importPem(input);
    expect(rowFor(id)).toMatchObject({ key: 'RSA 1024', isKeyStrong: false });
  });

  it.each(['ec-p256', 'rsa-2048'] as const)(
    'an exported PFX file with %s opens in OpenSSL, and here again',
    async (key) => {
      const { id } = await actions.createRequest({ name: 'Grüße', names: hosts, key, ...noSubject });
      await actions.installAnswer(id, ssl.sign(actions.request(id)) + ssl.read('issuing.pem'));
      const { fileName, contentBase64 } = await actions.export(id, 'Grüße-123');
      expect(fileName).toBe('Grüße.pfx');
      ssl.write('out.pfx', Buffer.from(contentBase64, 'base64'));
      const shown = ssl.run('pkcs12 -in out.pfx -passin pass:Grüße-123 -nodes -info');
      expect(shown.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
      ssl.write('out.key', ssl.run('pkcs12 -in out.pfx -passin pass:Grüße-123 -nodes -nocerts'));
      expect(
        createPrivateKey(ssl.read('out.key')).equals(createPrivateKey(store.credentialsOf(id)?.keyPem ?? '')),
      ).toBe(true);
      expect(() => ssl.run('pkcs12 -in out.pfx -passin pass:wrong -nodes')).toThrow(
        /invalid password|mac verify/i,
      );
      // What Node itself loads is what other programs of today load.
      createSecureContext({ pfx: Buffer.from(contentBase64, 'base64'), passphrase: 'Grüße-123' });
      const again = await actions.importPfx({ name: 'Again', contentBase64, password: 'Grüße-123' });
      expect(store.credentialsOf(again.id)?.fingerprint).toBe(store.credentialsOf(id)?.fingerprint);
    },
  );

  it('what is exported without a password holds no private key', async () => {
    const { id } = await actions.createSelfSigned({ name: 'Mail', names: hosts, days: 5, key: 'ec-p256' });
    const { fileName, contentBase64 } = await actions.export(id, undefined);
    const text = Buffer.from(contentBase64, 'base64').toString();
    expect(fileName).toBe('Mail.pem');
    expect(text).toBe(store.credentialsOf(id)?.certificatePem);
    expect(text).not.toContain('PRIVATE KEY');
  });

  it('nothing is left in memory lists that names a private key', async () => {
    const { id } = await actions.createSelfSigned({ name: 'Mail', names: hosts, days: 5, key: 'ec-p256' });
    expect(JSON.stringify(rowFor(id))).not.toMatch(/PRIVATE|sealed/);
  });
});
