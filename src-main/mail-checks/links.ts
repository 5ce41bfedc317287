/**
 * Links of a message, each once, and what is wrong with them as they stand. Nobody is asked.
 */
import type { CheckFinding, LinkResult } from '../api/contract';
import { finding, plainPlace } from './finding';
import { foreignName, hostInText, parseUrl, registeredName } from './host-names';
import type { HtmlOutline } from './html-outline';
import { checkLimits } from './limits';

export interface FoundLink {
  readonly url: string;
  readonly text: string;
  /** Of the HTML; undefined for a link of the text part. */
  readonly line: number | undefined;
}

export interface LinkCheck {
  readonly links: readonly LinkResult[];
  readonly findings: readonly CheckFinding[];
}

/** Links of HTML (of areas too) and addresses in the text part, without repetition. */
function findLinks(outline: HtmlOutline | undefined, text: string): { links: FoundLink[]; isCut: boolean } {
  const found = new Map<string, FoundLink>();
  let isCut = false;
  const add = (link: FoundLink): void => {
    // The same address under another text may be the misleading one.
    const key = `${link.url}\n${hostInText(link.text)?.host ?? ''}`;
    if (found.has(key)) return;
    if (found.size >= checkLimits.links) isCut = true;
    else found.set(key, link);
  };
  const elements = outline?.elements ?? [];
  for (const { name, attributes, text: words, line } of elements) {
    if ((name !== 'a' && name !== 'area') || attributes.href === undefined) continue;
    add({
      url: attributes.href.trim().slice(0, checkLimits.urlCharacters),
      text: plainPlace(words || attributes['aria-label'] || attributes.title || attributes.alt || ''),
      line,
    });
  }
  const known = new Set([...found.values()].map(({ url }) => url));
  for (const url of urlsInText(text))
    if (!known.has(url)) add({ url, text: url.slice(0, 200), line: undefined });
  return { links: [...found.values()], isCut };
}

export function urlsInText(text: string): string[] {
  const matches = text
    .slice(0, checkLimits.textCharacters)
    .matchAll(/\bhttps?:\/\/[^\s<>"'`{}|\\^]{1,2000}/gi);
  // Punctuation at the end belongs to the sentence.
  return [...matches].slice(0, checkLimits.links * 4).map(([url]) => url.replace(/[.,;:!?)\]]+$/, ''));
}

interface LinkFault {
  readonly code: string;
  readonly isMisleading: boolean;
}

/** What is wrong with one link. Of several faults the gravest. */
export function judgeLink({ url, text }: Pick<FoundLink, 'url' | 'text'>): LinkFault | undefined {
  const bad = (code: string): LinkFault => ({ code, isMisleading: false });
  const misleading = (code: string): LinkFault => ({ code, isMisleading: true });
  if (url === '' || url === '#') return bad('links.empty');
  if (url.startsWith('#')) return undefined;
  const parsed = parseUrl(url);
  if (!parsed) return bad(/^[a-z][a-z0-9+.-]*:/i.test(url) ? 'links.invalid' : 'links.relative');
  const scheme = parsed.protocol.slice(0, -1);
  if (['javascript', 'vbscript', 'data', 'file', 'blob'].includes(scheme)) return misleading('links.script');
  if (scheme !== 'http' && scheme !== 'https') return undefined;
  if (parsed.username !== '' || parsed.password !== '') return misleading('links.credentials');
  const foreign = foreignName(parsed.hostname);
  if (foreign?.isLookAlike) return misleading('links.look-alike');
  const claimed = hostInText(text);
  if (claimed && registeredName(claimed.host) !== registeredName(parsed.hostname))
    return misleading('links.misleading');
  if (claimed?.isHttps && scheme === 'http') return misleading('links.http-behind-https');
  if (/^[\d.]+$|^\[/.test(parsed.hostname)) return bad('links.address');
  if (foreign) return bad('links.foreign');
  return scheme === 'http' ? bad('links.http') : undefined;
}

const words: Record<string, readonly [CheckFinding['level'], string, string]> = {
  'links.misleading': [
    'fault',
    'The text of a link names another host than the link leads to.',
    'Spam filters and careful readers take this for phishing. Let the text name the same host, or no host at all; links of a tracking service are a common cause.',
  ],
  'links.look-alike': [
    'fault',
    'A link leads to a host whose name imitates another by letters of a different script.',
    'Compare the name in its ASCII form (xn--…). Do not open the link unless you know the host.',
  ],
  'links.credentials': [
    'fault',
    'A link has a user name before the host.',
    'What stands before the "@" can pass for the host. Take it out of the link.',
  ],
  'links.script': [
    'fault',
    'A link runs a script, or carries its content in itself.',
    'Mail clients remove javascript:, data: and file: links, and filters take them for an attack. Link to a page instead.',
  ],
  'links.http-behind-https': [
    'fault',
    'The text of a link says https, but the link goes over http.',
    'Write the link with https.',
  ],
  'links.invalid': ['warning', 'A link is no valid address.', 'Nobody can open it. Correct the address.'],
  'links.relative': [
    'warning',
    'A link has no host.',
    'Mail has no page that a relative link could start from. Write the whole address with https://.',
  ],
  'links.empty': [
    'warning',
    'A link leads nowhere.',
    'Its address is empty or "#". Fill in the address, or make it plain text.',
  ],
  'links.address': [
    'warning',
    'A link leads to an IP address instead of a host name.',
    'Filters count this as a sign of spam. Link to a host name.',
  ],
  'links.foreign': [
    'hint',
    'A link leads to a host name with letters beyond ASCII.',
    'Mail clients may show it as xn--…; make sure that it is the host you mean.',
  ],
  'links.http': [
    'hint',
    'A link goes over http.',
    'Anybody on the way can read and change the page. Use https.',
  ],
};

export function checkLinks(outline: HtmlOutline | undefined, text: string): LinkCheck {
  const { links, isCut } = findLinks(outline, text);
  const places = new Map<string, string[]>();
  const results = links.map((link): LinkResult => {
    const fault = judgeLink(link);
    if (fault) {
      const where = link.line === undefined ? 'text part' : `line ${link.line} of the HTML`;
      const shown = link.text === '' || link.text === link.url ? '' : `"${plainPlace(link.text, 60)}" `;
      const list = places.get(fault.code) ?? [];
      list.push(`${shown}${plainPlace(link.url, 100)} (${where})`);
      places.set(fault.code, list);
    }
    const name = parseUrl(link.url)?.hostname;
    const foreign = name === undefined ? undefined : foreignName(name);
    return {
      url: plainPlace(link.url, checkLimits.urlCharacters),
      text: link.text,
      state: 'not-checked',
      detail: fault
        ? `${words[fault.code]?.[1] ?? fault.code}${foreign ? ` It is ${foreign.unicode}.` : ''}`
        : '',
      isMisleading: fault?.isMisleading ?? false,
    };
  });
  const findings = [...places].map(([code, list]) => {
    const [level, title, advice] = words[code] ?? ['hint', code, ''];
    return finding(level, code, title, advice, list);
  });
  if (isCut)
    findings.push(
      finding(
        'hint',
        'links.cut',
        `There are more than ${checkLimits.links} links.`,
        'The first of them were looked at.',
      ),
    );
  return { links: results, findings };
}
