/**
 * The client's side of a GSSAPI log-in in this process, by the system's library: for what real mail clients never
 * send. Uses the tickets and the realm that process.env names (KRB5CCNAME, KRB5_CONFIG). Frees nothing: tests end soon.
 */
import { openKoffi } from '../../src-main/native/library';

export interface GssapiClient {
  /** The next token for the server. */
  step(token?: Uint8Array): Buffer;
  wrap(message: Uint8Array): Buffer;
  unwrap(message: Uint8Array): Buffer;
}

export const mechanisms = {
  kerberos: '2a864886f712010202',
  spnego: '2b0601050502',
};

/** Begins a log-in at "service@host". */
export function createGssapiClient(
  target: string,
  mechanism: keyof typeof mechanisms = 'kerberos',
): GssapiClient {
  const koffi = openKoffi();
  if (!koffi) throw new Error('no native calls');
  const { out, inout, pointer } = koffi;
  const library = koffi.load('libgssapi_krb5.so.2');
  const buffer = koffi.struct({ length: 'size_t', value: 'void *' });
  const oid = koffi.struct({ length: 'uint32_t', elements: 'void *' });
  const bind = (name: string, ...types: Parameters<typeof library.func>[2][]) =>
    library.func(name, 'uint32_t', [out(pointer('uint32_t')), ...(types as string[])]);
  const anyHandle = out(pointer('void *'));
  const importName = bind('gss_import_name', pointer(buffer), pointer(oid), anyHandle);
  const initialise = bind(
    'gss_init_sec_context',
    ...['void *', inout(pointer('void *')), 'void *', pointer(oid), 'uint32_t', 'uint32_t'],
    ...['void *', pointer(buffer), 'void *', out(pointer(buffer)), 'void *', 'void *'],
  );
  const wrap = bind('gss_wrap', 'void *', 'int', 'uint32_t', pointer(buffer), 'void *', out(pointer(buffer)));
  const unwrap = bind('gss_unwrap', 'void *', pointer(buffer), out(pointer(buffer)), 'void *', 'void *');
  const copy = koffi.load(null).func('memcpy', 'void *', ['void *', 'void *', 'size_t']);

  const oidOf = (hex: string) => ({ length: hex.length / 2, elements: Buffer.from(hex, 'hex') });
  const bytesOf = (bytes: Uint8Array) => ({ length: bytes.length, value: bytes });
  const call = (run: (minor: number[], answer: { length?: number; value?: bigint }) => number): Buffer => {
    const minor = [0];
    const answer: { length?: number; value?: bigint } = {};
    const major = run(minor, answer);
    if (major > 0xffff) throw new Error(`GSSAPI ${(major >>> 16).toString()} ${(minor[0] ?? 0) | 0}`);
    const bytes = Buffer.alloc(Number(answer.length ?? 0));
    if (bytes.length > 0) copy(bytes, answer.value, bytes.length);
    return bytes;
  };

  const name: (bigint | null)[] = [null];
  call((minor) => importName(minor, bytesOf(Buffer.from(target)), oidOf('2a864886f71201020104'), name));
  const context: (bigint | null)[] = [null];
  const mutualAndIntegrity = 2 | 32;
  return {
    step: (token) =>
      call((minor, answer) =>
        initialise(
          ...[minor, null, context, name[0], oidOf(mechanisms[mechanism]), mutualAndIntegrity, 0],
          ...[null, token ? bytesOf(token) : null, null, answer, null, null],
        ),
      ),
    wrap: (message) => call((minor, answer) => wrap(minor, context[0], 0, 0, bytesOf(message), null, answer)),
    unwrap: (message) =>
      call((minor, answer) => unwrap(minor, context[0], bytesOf(message), answer, null, null)),
  };
}
