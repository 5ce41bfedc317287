/**
 * The functions of a GSSAPI library (RFC 2744) as functions of ours: values in, copies out, nothing left to free but
 * the three handles a caller holds (credential, context, name).
 *
 * Known libraries: MIT Kerberos on Linux and the BSDs, GSS.framework (Heimdal) on macOS, Heimdal elsewhere. Memory
 * that a call may use after it returned, or in another thread, is never a JavaScript buffer. Sizes that the library
 * answers are checked before they are believed.
 */
import type { TypeObject } from 'koffi';
import { type Koffi, type Library, openKoffi, openLibrary } from './library';

/** A pointer of the library's; null is none (GSS_C_NO_...). */
export type Handle = bigint | null;

/** What RFC 2744 calls major and minor status. Continue-needed is no error. */
export interface Status {
  readonly major: number;
  /** Signed; the Kerberos library's own numbers are negative, those of the system positive. */
  readonly minor: number;
}

export interface AcceptStep extends Status {
  readonly context: Handle;
  readonly reply: Buffer;
  /** The client, for the caller to release. */
  readonly name: Handle;
  readonly flags: number;
}

export interface GssapiCalls {
  /** `keytab`: a path, '' for the library's default. `service` undefined: any key in it. */
  acquireAcceptor(keytab: string, service: string | undefined): Status & { readonly credential: Handle };
  /** Runs in another thread: it may read the network and the disk. Rejects when too many calls are waiting. */
  accept(context: Handle, credential: Handle, token: Uint8Array): Promise<AcceptStep>;
  /** The service that the client asked for, as "smtp/host.example.com@EXAMPLE.COM". */
  targetOf(context: Handle): string | undefined;
  nameText(name: Handle): string | undefined;
  wrap(context: Handle, message: Uint8Array): Status & { readonly output: Buffer };
  unwrap(context: Handle, message: Uint8Array): Status & { readonly output: Buffer };
  releaseName(name: Handle): void;
  releaseCredential(credential: Handle): void;
  deleteContext(context: Handle): void;
  /** The library's own words for a status. */
  explain(status: Status): string;
}

/** Longest token, message or text that is believed. Kerberos tickets with many groups reach 48 KiB. */
export const maxTokenBytes = 64 * 1024;

/** The upper half of a major status: calling and routine errors; the lower half is information. */
export const hasFailed = ({ major }: Pick<Status, 'major'>): boolean => major > 0xffff;

const libraryNames: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ['libgssapi_krb5.so.2', 'libgssapi.so.3'],
  freebsd: ['libgssapi_krb5.so.2', 'libgssapi.so.3', 'libgssapi.so.10'],
  openbsd: ['libgssapi.so'],
  darwin: ['/System/Library/Frameworks/GSS.framework/GSS', '/usr/lib/libgssapi_krb5.dylib'],
};

/** The functions of this system's library; undefined where there is none. */
export function openGssapi(): GssapiCalls | undefined {
  const library = openLibrary(libraryNames[process.platform] ?? []);
  const koffi = library && openKoffi();
  if (!koffi) return undefined;
  try {
    return bindCalls(koffi, library);
  } catch {
    // A library of that name without these functions.
    return undefined;
  }
}

/** 1.2.840.113554.1.2.2 */
const kerberosMechanism = Buffer.from('2a864886f712010202', 'hex');
/** 1.2.840.113554.1.2.1.4, GSS_C_NT_HOSTBASED_SERVICE */
const hostBasedService = Buffer.from('2a864886f71201020104', 'hex');

const acceptOnly = 2;
const forEver = 0xffff_ffff;
const majorStatus = 1;
const minorStatus = 2;

interface GssBuffer {
  length: number | bigint;
  value: bigint | Uint8Array | null;
}

function bindCalls(koffi: Koffi, library: Library): GssapiCalls {
  const { out, inout, pointer } = koffi;
  const buffer = koffi.struct({ length: 'size_t', value: 'void *' });
  // Apple's header packs its structures on Intel.
  const isPacked = process.platform === 'darwin' && process.arch === 'x64';
  const oid = (isPacked ? koffi.pack : koffi.struct)({ length: 'uint32_t', elements: 'void *' });
  const oidSet = koffi.struct({ count: 'size_t', elements: 'void *' });
  const storeElement = koffi.struct({ key: 'char *', value: 'char *' });
  const store = koffi.struct({ count: 'uint32_t', elements: pointer(storeElement) });

  const handle = 'void *';
  const outHandle = out(pointer('void *'));
  const changedHandle = inout(pointer('void *'));
  const outNumber = out(pointer('uint32_t'));
  const inBuffer = pointer(buffer);
  const outBuffer = out(pointer(buffer));
  const changedBuffer = inout(pointer(buffer));

  type Arguments = readonly (string | TypeObject | ReturnType<Koffi['out']>)[];
  const bind = (name: string, types: Arguments) => library.func(name, 'uint32_t', [outNumber, ...types]);
  const bindIfThere = (name: string, types: Arguments) => {
    try {
      return bind(name, types);
    } catch {
      return undefined;
    }
  };
  const importName = bind('gss_import_name', [inBuffer, handle, outHandle]);
  const acquire = bind('gss_acquire_cred', [
    ...[handle, 'uint32_t', pointer(oidSet), 'int', outHandle],
    ...[handle, handle],
  ]);
  const acquireFrom = bindIfThere('gss_acquire_cred_from', [
    ...[handle, 'uint32_t', pointer(oidSet), 'int', pointer(store), outHandle],
    ...[handle, handle],
  ]);
  const acceptContext = bind('gss_accept_sec_context', [
    ...[changedHandle, handle, inBuffer, handle, outHandle, outHandle],
    ...[outBuffer, outNumber, handle, handle],
  ]);
  const inquireContext = bind('gss_inquire_context', [
    ...[handle, handle, outHandle, handle],
    ...[handle, handle, handle, handle],
  ]);
  const displayName = bind('gss_display_name', [handle, outBuffer, handle]);
  const displayStatus = bind('gss_display_status', [
    ...['uint32_t', 'int', handle, inout(pointer('uint32_t')), outBuffer],
  ]);
  const wrapMessage = bind('gss_wrap', [handle, 'int', 'uint32_t', inBuffer, handle, outBuffer]);
  const unwrapMessage = bind('gss_unwrap', [handle, inBuffer, outBuffer, handle, handle]);
  const freeBuffer = bind('gss_release_buffer', [changedBuffer]);
  const freeName = bind('gss_release_name', [changedHandle]);
  const freeCredential = bind('gss_release_cred', [changedHandle]);
  const freeContext = bind('gss_delete_sec_context', [changedHandle, handle]);
  const copy = koffi.load(null).func('memcpy', 'void *', ['void *', 'void *', 'size_t']);

  // Never freed: the library may keep them.
  const keep = (bytes: Buffer): bigint => {
    const address = koffi.alloc('uint8_t', bytes.length) as bigint;
    copy(address, bytes, bytes.length);
    return address;
  };
  const keepOid = (bytes: Buffer): bigint => {
    const address = koffi.alloc(oid, 1) as bigint;
    koffi.encode(address, oid, { length: bytes.length, elements: keep(bytes) });
    return address;
  };
  const kerberos = keepOid(kerberosMechanism);
  const hostBased = keepOid(hostBasedService);
  const kerberosAlone = { count: 1, elements: kerberos };

  const emptyBuffer = (): GssBuffer => ({ length: 0, value: null });
  const inputOf = (bytes: Uint8Array): GssBuffer => ({ length: bytes.length, value: bytes });
  const isHandle = (value: Handle | undefined): value is bigint =>
    value !== null && value !== undefined && value !== 0n;

  /** A copy of what the library answered, which is freed. */
  function take(answer: GssBuffer): Buffer {
    const length = Number(answer.length);
    const bytes = Buffer.alloc(length <= maxTokenBytes ? length : 0);
    if (bytes.length > 0) copy(bytes, answer.value, bytes.length);
    freeBuffer([0], answer);
    return bytes;
  }

  function release(free: typeof freeName, value: Handle, ...further: null[]): void {
    if (isHandle(value)) free([0], [value], ...further);
  }

  function call(run: (minor: number[]) => number): Status {
    const minor = [0];
    const major = run(minor);
    return { major, minor: (minor[0] ?? 0) | 0 };
  }

  function nameText(name: Handle): string | undefined {
    if (!isHandle(name)) return undefined;
    const text = emptyBuffer();
    const status = call((minor) => displayName(minor, name, text, null));
    return hasFailed(status) ? undefined : take(text).toString('utf8');
  }

  const acquireByStore = acquireFrom && {
    run(minor: number[], name: Handle, keytab: string, credential: Handle[]): number {
      const elements = [{ key: 'keytab', value: `FILE:${keytab}` }];
      const where = keytab === '' ? null : { count: 1, elements };
      return acquireFrom(minor, name, forEver, kerberosAlone, acceptOnly, where, credential, null, null);
    },
  };
  const acquireByRegistration = {
    run(minor: number[], name: Handle, keytab: string, credential: Handle[]): number {
      registerKeytab(library, keytab);
      return acquire(minor, name, forEver, kerberosAlone, acceptOnly, credential, null, null);
    },
  };
  const acquiring = acquireByStore ?? acquireByRegistration;

  return {
    acquireAcceptor(keytab, service) {
      const name: Handle[] = [null];
      if (service !== undefined) {
        const imported = call((minor) => importName(minor, inputOf(Buffer.from(service)), hostBased, name));
        if (hasFailed(imported)) return { ...imported, credential: null };
      }
      const credential: Handle[] = [null];
      const status = call((minor) => acquiring.run(minor, name[0] ?? null, keytab, credential));
      release(freeName, name[0] ?? null);
      return { ...status, credential: credential[0] ?? null };
    },

    accept(context, credential, token) {
      const bytes = koffi.alloc('uint8_t', Math.max(token.length, 1)) as bigint;
      copy(bytes, token, token.length);
      const minor = [0];
      const changed: Handle[] = [context];
      const name: Handle[] = [null];
      const answer = emptyBuffer();
      const flags = [0];
      return new Promise<AcceptStep>((resolve, reject) => {
        const input = { length: token.length, value: bytes };
        acceptContext.async(
          ...[minor, changed, credential, input, null, name, [null], answer, flags, null, null],
          (error: unknown, major: number) => {
            if (error) reject(error);
            else
              resolve({
                major,
                minor: (minor[0] ?? 0) | 0,
                context: changed[0] ?? null,
                reply: take(answer),
                name: name[0] ?? null,
                flags: flags[0] ?? 0,
              });
          },
        );
      }).finally(() => koffi.free(bytes));
    },

    targetOf(context) {
      const target: Handle[] = [null];
      const nothing = [null, null, null, null, null] as const;
      const status = call((minor) => inquireContext(minor, context, null, target, ...nothing));
      const text = hasFailed(status) ? undefined : nameText(target[0] ?? null);
      release(freeName, target[0] ?? null);
      return text;
    },

    nameText,

    wrap(context, message) {
      const answer = emptyBuffer();
      const status = call((minor) => wrapMessage(minor, context, 0, 0, inputOf(message), null, answer));
      return { ...status, output: take(answer) };
    },

    unwrap(context, message) {
      const answer = emptyBuffer();
      const status = call((minor) => unwrapMessage(minor, context, inputOf(message), answer, null, null));
      return { ...status, output: take(answer) };
    },

    releaseName: (name) => release(freeName, name),
    releaseCredential: (credential) => release(freeCredential, credential),
    deleteContext: (context) => release(freeContext, context, null),

    explain(status) {
      const say = (value: number, type: number): string => {
        const text = emptyBuffer();
        const said = call((minor) => displayStatus(minor, value >>> 0, type, kerberos, [0], text));
        return hasFailed(said) ? '' : take(text).toString('utf8').slice(0, 500);
      };
      const words = [
        say(status.major, majorStatus),
        status.minor === 0 ? '' : say(status.minor, minorStatus),
      ];
      return words.filter((text) => text !== '').join(' ') || `GSSAPI error ${status.major}`;
    },
  };
}

let hasRegistered = false;

/**
 * The way of libraries without credential stores: a setting of the whole process, which is why it is made again before each
 * credential.
 */
function registerKeytab(library: Library, keytab: string): void {
  if (keytab === '' && !hasRegistered) return;
  const path = keytab === '' ? (process.env.KRB5_KTNAME ?? '/etc/krb5.keytab') : `FILE:${keytab}`;
  for (const name of ['gsskrb5_register_acceptor_identity', 'krb5_gss_register_acceptor_identity']) {
    try {
      library.func(name, 'uint32_t', ['const char *'])(path);
      hasRegistered = true;
      return;
    } catch {
      // the other name
    }
  }
  if (keytab !== '') throw new Error('This Kerberos library takes no key file but its own.');
}
