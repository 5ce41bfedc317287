/**
 * DER and BER as little as certificates need: reading a tree whose every step is checked, and writing one.
 * Fails with a plain Error, which the caller turns into a Problem at its field. Pure.
 */
import forge from 'node-forge';

export type Der = forge.asn1.Asn1;

const { asn1 } = forge;
/** The package's own types know only the first of its options. */
const readTree = asn1.fromDer as unknown as (bytes: forge.util.ByteBuffer, options: object) => Der;
/** Deeper trees are made to exhaust the stack. */
const maxDepth = 64;

/** Windows writes BER of indefinite length; both are read. */
export function parseDer(bytes: Uint8Array): Der {
  return readTree(forge.util.createBuffer(Buffer.from(bytes).toString('latin1')), {
    strict: true,
    parseAllBytes: false,
    decodeBitStrings: false,
    maxDepth,
  });
}

export const writeDer = (node: Der): Buffer => Buffer.from(asn1.toDer(node).getBytes(), 'latin1');

/** The parts of something constructed. */
export function partsOf(node: Der | undefined): Der[] {
  if (node === undefined || !Array.isArray(node.value)) throw new Error('A sequence is missing.');
  return node.value as Der[];
}

/** The bytes of an octet string, also one that BER has cut into pieces. */
export function octetsOf(node: Der | undefined): Buffer {
  if (node === undefined) throw new Error('An octet string is missing.');
  if (Array.isArray(node.value)) return Buffer.concat((node.value as Der[]).map(octetsOf));
  return Buffer.from(node.value as string, 'latin1');
}

export function oidOf(node: Der | undefined): string {
  if (node?.type !== asn1.Type.OID || typeof node.value !== 'string')
    throw new Error('An object identifier is missing.');
  return asn1.derToOid(forge.util.createBuffer(node.value));
}

/** A number that fits 32 bits. */
export function numberOf(node: Der | undefined): number {
  if (node?.type !== asn1.Type.INTEGER || typeof node.value !== 'string')
    throw new Error('A number is missing.');
  const bytes = Buffer.from(node.value, 'latin1');
  const value = bytes.length === 0 ? 0 : Number.parseInt(bytes.toString('hex').slice(0, 16), 16);
  return bytes.length > 5 ? Number.MAX_SAFE_INTEGER : value;
}

export const isInteger = (node: Der | undefined): boolean =>
  node?.tagClass === asn1.Class.UNIVERSAL && node.type === asn1.Type.INTEGER;
/** "[0]" and the like. */
export const isTagged = (node: Der | undefined, tag: number): boolean =>
  node?.tagClass === asn1.Class.CONTEXT_SPECIFIC && node.type === tag;

export const sequence = (...parts: Der[]): Der =>
  asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, parts);
export const setOf = (...parts: Der[]): Der => asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SET, true, parts);
export const tagged = (tag: number, ...parts: Der[]): Der =>
  asn1.create(asn1.Class.CONTEXT_SPECIFIC, tag, true, parts);
/** "[0] IMPLICIT OCTET STRING". */
export const taggedOctets = (tag: number, bytes: Uint8Array): Der =>
  asn1.create(asn1.Class.CONTEXT_SPECIFIC, tag, false, Buffer.from(bytes).toString('latin1'));
export const octets = (bytes: Uint8Array): Der =>
  asn1.create(asn1.Class.UNIVERSAL, asn1.Type.OCTETSTRING, false, Buffer.from(bytes).toString('latin1'));
export const oid = (dotted: string): Der =>
  asn1.create(asn1.Class.UNIVERSAL, asn1.Type.OID, false, asn1.oidToDer(dotted).getBytes());
export const integer = (value: number): Der =>
  asn1.create(asn1.Class.UNIVERSAL, asn1.Type.INTEGER, false, asn1.integerToDer(value).getBytes());
export const nothing = (): Der => asn1.create(asn1.Class.UNIVERSAL, asn1.Type.NULL, false, '');
/** UTF-16, big end first: friendly names. */
export const bmpString = (text: string): Der =>
  asn1.create(
    asn1.Class.UNIVERSAL,
    asn1.Type.BMPSTRING,
    false,
    Buffer.from(text, 'utf16le').swap16().toString('latin1'),
  );
