/** Host names in links and texts: where a link leads, and what its text claims. */
import { domainToUnicode } from 'node:url';

/** The address as browsers read it; undefined where they could not. */
export function parseUrl(text: string): URL | undefined {
  const trimmed = text.trim().replace(/[\t\r\n]/g, '');
  try {
    return new URL(trimmed.startsWith('//') ? `https:${trimmed}` : trimmed);
  } catch {
    return undefined;
  }
}

/** Host that a text names as an address: "www.bank.test", "https://bank.test/login"; undefined where it names none. */
export function hostInText(text: string): { readonly host: string; readonly isHttps: boolean } | undefined {
  const match =
    /^\s*(?:(https?):\/\/)?(?:[^\s/@]{1,100}@)?((?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}\p{L}{2,24})(?::\d{1,5})?(?:[/?#]\S*)?\s*$/u.exec(
      text.slice(0, 500),
    );
  if (!match?.[2] || (match[1] === undefined && /@/.test(text))) return undefined;
  const host = parseUrl(`https://${match[2]}`)?.hostname;
  return host === undefined ? undefined : { host, isHttps: match[1] === 'https' };
}

/** Second levels below which anybody registers names; the common ones, not the whole list of public suffixes. */
const sharedSecondLevels = new Set(['ac', 'co', 'com', 'edu', 'gov', 'net', 'ne', 'or', 'org']);

/** "bank.co.uk" of "www.bank.co.uk": good enough to tell two owners apart in a hint. */
export function registeredName(host: string): string {
  const labels = host.toLowerCase().replace(/\.$/, '').split('.');
  const second = labels.at(-2) ?? '';
  const isShared = labels.length > 2 && (labels.at(-1)?.length ?? 0) === 2 && sharedSecondLevels.has(second);
  return labels.slice(isShared ? -3 : -2).join('.');
}

/** Cyrillic and Greek letters that look like Latin ones; enough to tell a look-alike from a foreign name. */
const lookAlikes: Record<string, string> = {
  а: 'a',
  с: 'c',
  ԁ: 'd',
  е: 'e',
  һ: 'h',
  і: 'i',
  ј: 'j',
  ӏ: 'l',
  о: 'o',
  р: 'p',
  ԛ: 'q',
  ѕ: 's',
  ԝ: 'w',
  х: 'x',
  у: 'y',
  α: 'a',
  ο: 'o',
  ν: 'v',
  ρ: 'p',
  ı: 'i',
};
const scripts = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u];

export interface ForeignName {
  /** In its own letters. */
  readonly unicode: string;
  /** It mixes scripts, or has only letters that look like Latin ones. */
  readonly isLookAlike: boolean;
}

/** A host name with other letters than ASCII; undefined for all others. */
export function foreignName(host: string): ForeignName | undefined {
  if (!/(?:^|\.)xn--/i.test(host)) return undefined;
  const unicode = domainToUnicode(host) || host;
  const isLookAlike = unicode.split('.').some((label) => {
    const letters = [...label].filter((letter) => /\p{L}/u.test(letter));
    const isMixed = scripts.filter((script) => letters.some((letter) => script.test(letter))).length > 1;
    const foreign = letters.filter((letter) => letter > '\u007f');
    return isMixed || (foreign.length > 0 && foreign.every((letter) => letter in lookAlikes));
  });
  return { unicode, isLookAlike };
}
