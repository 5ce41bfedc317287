/**
 * Writing PFX files (PKCS #12) with AES-256 and HMAC-SHA256, for RSA and EC keys alike. Windows 10 of 2017 and
 * Windows Server 2019, Java 8 of today and every OpenSSL since 1.0 read them.
 */
import { createHash, createHmac, type KeyObject, randomBytes, type X509Certificate } from 'node:crypto';
import {
  bmpString,
  type Der,
  integer,
  nothing,
  octets,
  oid,
  sequence,
  setOf,
  tagged,
  taggedOctets,
  writeDer,
} from './der';
import { derivePkcs12Key, encrypt, ownRounds, startUnlocking } from './password-encryption';

const oids = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certificateBag: '1.2.840.113549.1.12.10.1.3',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
  sha256: '2.16.840.1.101.3.4.2.1',
} as const;

export interface PfxParts {
  readonly name: string;
  readonly key: KeyObject;
  /** The certificate of the key first. */
  readonly chain: readonly X509Certificate[];
}

export async function writePfx({ name, key, chain }: PfxParts, password: string): Promise<Buffer> {
  // The same number on both says that they belong together.
  const keyId = createHash('sha1')
    .update(chain[0]?.raw ?? '')
    .digest();
  const attributes = setOf(
    sequence(oid(oids.friendlyName), setOf(bmpString(name))),
    sequence(oid(oids.localKeyId), setOf(octets(keyId))),
  );
  const certificateBags = chain.map((certificate, at) => {
    const content = sequence(oid(oids.x509Certificate), tagged(0, octets(certificate.raw)));
    return bag(oids.certificateBag, content, at === 0 ? attributes : undefined);
  });
  const sealedCertificates = await encrypt(writeDer(sequence(...certificateBags)), password);
  const sealedKey = await encrypt(key.export({ type: 'pkcs8', format: 'der' }), password);
  const shrouded = sequence(sealedKey.algorithm, octets(sealedKey.sealed));
  const keyBags = sequence(bag(oids.shroudedKeyBag, shrouded, attributes));
  const certificates = sequence(
    integer(0),
    sequence(oid(oids.data), sealedCertificates.algorithm, taggedOctets(0, sealedCertificates.sealed)),
  );
  const safe = writeDer(
    sequence(
      sequence(oid(oids.encryptedData), tagged(0, certificates)),
      sequence(oid(oids.data), tagged(0, octets(writeDer(keyBags)))),
    ),
  );
  return writeDer(
    sequence(
      integer(3),
      sequence(oid(oids.data), tagged(0, octets(safe))),
      await authenticate(safe, password),
    ),
  );
}

const bag = (type: string, content: Der, attributes: Der | undefined): Der =>
  sequence(oid(type), tagged(0, content), ...(attributes === undefined ? [] : [attributes]));

async function authenticate(safe: Buffer, password: string): Promise<Der> {
  const salt = randomBytes(16);
  const key = await derivePkcs12Key({
    hash: 'sha256',
    salt,
    rounds: ownRounds,
    purpose: 3,
    length: 32,
    unlocking: startUnlocking(password, 'password'),
  });
  const digest = createHmac('sha256', key).update(safe).digest();
  return sequence(
    sequence(sequence(oid(oids.sha256), nothing()), octets(digest)),
    octets(salt),
    integer(ownRounds),
  );
}
