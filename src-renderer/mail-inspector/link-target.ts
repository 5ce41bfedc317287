/** Where a link in a message really leads, in words a person can judge by. Pure; opens nothing. */

export interface LinkTarget {
  /** As written, bounded. */
  readonly url: string;
  readonly kind: 'web' | 'mail' | 'inside' | 'other';
  /** The host that would be asked, in ASCII as DNS sees it; '' where there is none. */
  readonly host: string;
  /** What a person should know before opening it; undefined: nothing stands out. */
  readonly warning: string | undefined;
}

const maxUrlCharacters = 4000;
const hostInText = /(?:https?:\/\/|^|[\s(<])((?:[a-z0-9-]+\.)+[a-z]{2,})(?=$|[\s/:)>?#])/i;

/** @param text what the message shows in place of the address */
export function readLinkTarget(href: string, text: string): LinkTarget {
  const url = href.trim().slice(0, maxUrlCharacters);
  if (url.startsWith('#')) return { url, kind: 'inside', host: '', warning: undefined };
  const parsed = parseUrl(url);
  if (parsed === undefined) return { url, kind: 'other', host: '', warning: 'This is no complete address.' };
  if (parsed.protocol === 'mailto:') return { url, kind: 'mail', host: '', warning: undefined };
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') {
    return {
      url,
      kind: 'other',
      host: '',
      warning: `Addresses with ${parsed.protocol} are not opened from here.`,
    };
  }
  const host = parsed.hostname;
  return { url: parsed.href.slice(0, maxUrlCharacters), kind: 'web', host, warning: warn(parsed, text) };
}

function warn(url: URL, text: string): string | undefined {
  const warnings: string[] = [];
  const named = hostInText.exec(text.trim())?.[1]?.toLowerCase();
  if (named !== undefined && !isSameSite(named, url.hostname))
    warnings.push(`The text says ${named}, but the link leads to ${url.hostname}.`);
  if (url.username !== '') warnings.push('What stands before the @ is not the host.');
  if (url.hostname.split('.').some((label) => label.startsWith('xn--')))
    warnings.push('The host has letters outside ASCII, which can look like others.');
  if (/^(?:\d+\.){3}\d+$|^\[/.test(url.hostname)) warnings.push('The host is a bare address without a name.');
  if (url.protocol === 'http:') warnings.push('The connection is not encrypted.');
  return warnings.length === 0 ? undefined : warnings.join(' ');
}

/** "www.shop.test" and "shop.test" are one to a reader. */
function isSameSite(a: string, b: string): boolean {
  return a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`);
}

function parseUrl(url: string): URL | undefined {
  try {
    return new URL(url.startsWith('//') ? `https:${url}` : url);
  } catch {
    return undefined;
  }
}
