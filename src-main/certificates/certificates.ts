/**
 * What can be done with the certificates of this computer, as the contract names it.
 *
 * Promises: nothing half done is stored: a certificate is written together with its key, and only when TLS can use
 *   both. Private keys leave only in a file that a password protects.
 * Fails: Problem with the field of the contract's input; then nothing has changed.
 */
import type { KeyObject, X509Certificate } from 'node:crypto';
import type { KeyKind } from '../api/contract';
import { Problem } from '../engine/core/problem';
import { readCertificate } from './certificate-facts';
import { checkUsable, findOwn, orderChain, pemOfChain } from './chain';
import {
  type CertificateEntry,
  type InstalledCertificate,
  type PendingRequest,
  usableKey,
} from './entry-file';
import { type HostName, readHostName, readHostNames } from './host-names';
import { makeRequest, makeSelfSigned, nameOf, type RequestFacts, readRequest, subjectOf } from './issue';
import { readCertificates, readPrivateKey } from './pem';
import { readPfx } from './pfx-read';
import { writePfx } from './pfx-write';
import { checkKey, createKey, kindLike } from './private-key';
import type { CertificateStore } from './store';

interface NewCertificate {
  readonly name: string;
  readonly names: readonly string[];
  readonly key: KeyKind;
}

export interface CertificateActions {
  createSelfSigned(input: NewCertificate & { readonly days: number }): Promise<CertificateEntry>;
  createRequest(
    input: NewCertificate &
      Readonly<Record<'organization' | 'unit' | 'country' | 'state' | 'locality', string>>,
  ): Promise<CertificateEntry>;
  /** PEM of the request that waits. */
  request(id: string): string;
  installAnswer(id: string, pem: string): Promise<CertificateEntry>;
  importPfx(
    input: Readonly<Record<'name' | 'contentBase64' | 'password', string>>,
  ): Promise<CertificateEntry>;
  importPem(
    input: Readonly<Record<'name' | 'certificatePem' | 'keyPem' | 'password', string>>,
  ): Promise<CertificateEntry>;
  export(id: string, password: string | undefined): Promise<{ fileName: string; contentBase64: string }>;
  renew(id: string, days: number): Promise<CertificateEntry>;
  rename(id: string, name: string): Promise<CertificateEntry>;
}

export function createCertificateActions(
  store: CertificateStore,
  now: () => number = Date.now,
): CertificateActions {
  /** The certificate of `key` among `found`, with its chain. */
  const accept = (
    key: KeyObject,
    found: readonly X509Certificate[],
    fields: Fields,
  ): InstalledCertificate => {
    checkKey(key, fields.key);
    const [leaf] = findOwn(found, key);
    if (leaf === undefined) throw new Problem('invalid', fields.mismatch, fields.certificate);
    const chain = orderChain(leaf, found);
    checkUsable({ key, chain, now: now(), field: fields.certificate });
    return { key, chain, facts: readCertificate(leaf) };
  };
  const selfSigned = async (names: readonly HostName[], days: number, kind: KeyKind) => {
    const key = await createKey(kind);
    const made = readCertificates(await makeSelfSigned({ names, days, key, now: now() }), 'names');
    return accept(key.privateKey, made, { certificate: 'names', key: 'key', mismatch: '' });
  };

  return {
    async createSelfSigned({ name, names, days, key }) {
      return store.add({ name, installed: await selfSigned(readHostNames(names), days, key) });
    },
    async createRequest({ name, names, key: kind, ...subject }) {
      const hosts = readHostNames(names);
      const parts = { ...subject, country: subject.country.toUpperCase(), commonName: hosts[0]?.value ?? '' };
      return store.add({ name, pending: await requestWith(kind, hosts, nameOf(parts)) });
    },
    request(id) {
      const { pending } = store.get(id);
      if (!pending) throw new Problem('refused', 'No request of this certificate waits for an answer.');
      return pending.pem;
    },
    async installAnswer(id, pem) {
      const found = readCertificates(pem, 'pem');
      return store.change(id, (entry) => {
        const keys = [entry.pending?.key, entry.installed?.key].filter((key) => key !== undefined);
        // The answer to the request, or the same certificate with a better chain.
        const key =
          keys.find((each) => !(each instanceof Problem) && findOwn(found, each).length > 0) ?? keys[0];
        if (key === undefined) throw new Problem('refused', 'No request of this certificate waits.');
        const installed = accept(usableKey(key), found, {
          certificate: 'pem',
          key: 'pem',
          mismatch: 'This certificate was not made of the request of this entry: its key is another one.',
        });
        const isAnswer = entry.pending?.key === key;
        return {
          name: entry.name,
          installed,
          ...(entry.pending && !isAnswer && { pending: entry.pending }),
        };
      });
    },
    async importPfx({ name, contentBase64, password }) {
      const field = 'contentBase64';
      const { keys, certificates } = await readPfx(Buffer.from(contentBase64, 'base64'), password);
      if (keys.length === 0)
        throw new Problem(
          'invalid',
          'There is no private key in this file. Export it again together with its private key.',
          field,
        );
      const key = keys.find((each) => findOwn(certificates, each).length > 0) ?? keys[0];
      const installed = accept(key as KeyObject, certificates, {
        certificate: field,
        key: field,
        mismatch: 'No certificate in this file belongs to its private key.',
      });
      return store.add({ name, installed });
    },
    async importPem({ name, certificatePem, keyPem, password }) {
      // Many programs write certificate and key into one file.
      const keyText = keyPem.trim() === '' ? certificatePem : keyPem;
      const found = readCertificates(certificatePem, 'certificatePem');
      const key = await readPrivateKey({ text: keyText, password, field: 'keyPem' });
      checkKey(key, 'keyPem');
      if (findOwn(found, key).length === 0)
        throw new Problem('invalid', 'This private key does not belong to the certificate.', 'keyPem');
      const fields = { certificate: 'certificatePem', key: 'keyPem', mismatch: '' };
      return store.add({ name, installed: accept(key, found, fields) });
    },
    async export(id, password) {
      const { name, installed } = store.get(id);
      if (!installed)
        throw new Problem('refused', 'There is no certificate yet: its request waits for an answer.');
      if (password === undefined)
        return fileOf(`${name}.pem`, Buffer.from(pemOfChain(installed.chain), 'utf8'));
      const parts = { name, key: usableKey(installed.key), chain: installed.chain };
      return fileOf(`${name}.pfx`, await writePfx(parts, password));
    },
    async renew(id, days) {
      const { installed, pending } = store.get(id);
      if (!installed)
        throw new Problem('refused', 'This is a request. Install its answer instead of renewing it.');
      // Asked twice, the request that went out stays: an answer to it may be under way.
      if (pending) return store.get(id);
      const names = installed.facts.names.flatMap((name) => readHostName(name) ?? []);
      if (names.length === 0)
        throw new Problem(
          'refused',
          'This certificate names no host. Make a new one instead of renewing it.',
        );
      const leaf = installed.chain[0] as X509Certificate;
      const kind = kindLike(leaf.publicKey);
      if (installed.facts.isSelfSigned) {
        const renewed = await selfSigned(names, days, kind);
        return store.change(id, (entry) => ({ ...entry, installed: renewed }));
      }
      const request = await requestWith(kind, names, subjectOf(leaf.raw));
      return store.change(id, (entry) => ({ ...entry, pending: entry.pending ?? request }));
    },
    rename: (id, name) => store.change(id, (entry) => ({ ...entry, name })),
  };
}

interface Fields {
  readonly certificate: string;
  readonly key: string;
  /** Said when no certificate belongs to the key. */
  readonly mismatch: string;
}

async function requestWith(
  kind: KeyKind,
  names: readonly HostName[],
  subject: RequestFacts['subject'],
): Promise<PendingRequest> {
  const key = await createKey(kind);
  const pem = await makeRequest({ names, subject, key });
  return { key: key.privateKey, pem, ...readRequest(pem) };
}

/** The name is what the person called it; whoever saves the file cleans it. */
const fileOf = (fileName: string, content: Buffer) => ({
  fileName,
  contentBase64: content.toString('base64'),
});
