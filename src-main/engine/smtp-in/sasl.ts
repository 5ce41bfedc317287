/** What stands in the client's answers during AUTH (RFC 4954, RFC 4616). Pure; everything is hostile. */

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Longer than any account's name with its domain. */
const longestUser = 512;
const longestPassword = 1024;

/** Strict base64; undefined when it is none. */
export function decodeBase64(text: string): Buffer | undefined {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)
    ? Buffer.from(text, 'base64')
    : undefined;
}

/** Strict UTF-8; undefined when it is none. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Devices that do not know UTF-8 send their code page. */
export const decodeText = (bytes: Buffer): string => decodeUtf8(bytes) ?? bytes.toString('latin1');

/**
 * Reads "authorization NUL user NUL password". 'malformed' when it is not that; 'foreign' when somebody wants to
 * act for another one, which nobody may.
 */
export function parsePlain(message: string): Credentials | 'malformed' | 'foreign' {
  const parts = message.split('\0');
  const [actFor = '', user = '', password = ''] = parts;
  if (parts.length !== 3) return 'malformed';
  return actFor === '' || actFor === user ? { user, password } : 'foreign';
}

/** Could this be anybody's name? */
export const isPlausibleName = (user: string): boolean =>
  user !== '' && user.length <= longestUser && !/[\u0000-\u001f\u007f]/.test(user);

/** Could these be anybody's? What cannot, is not worth a look at the accounts. */
export function isPlausible({ user, password }: Credentials): boolean {
  return (
    isPlausibleName(user) && password !== '' && password.length <= longestPassword && !password.includes('\0')
  );
}

/** Names to look an account up by: as given, then with the default domain in both ways of writing it. */
export function namesToTry(user: string, defaultDomain: string): readonly string[] {
  if (defaultDomain === '' || /[@\\]/.test(user)) return [user];
  return [user, `${user}@${defaultDomain}`, `${defaultDomain}\\${user}`];
}
