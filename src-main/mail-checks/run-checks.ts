/**
 * All that can be said about a message without asking anybody.
 *
 * Promises: a pure function of bytes and time; bounded whatever is in the message, and a finding says what was cut.
 * Trusts: nothing. Runs in the worker: HTML of many megabytes takes seconds.
 */
import type { CheckFinding, ClientSupport, LinkResult } from '../api/contract';
import {
  decodePart,
  estimateBytes,
  type MailPart,
  type MailStructure,
  readFields,
  readText,
  scanMail,
} from '../mail-content';
import { checkAccessibility } from './accessibility';
import { checkClients, clientDataOf } from './client-support';
import { finding, plainPlace } from './finding';
import { checkHeader } from './header-checks';
import { type HtmlOutline, outlineHtml } from './html-outline';
import { checkLimits } from './limits';
import { checkLines, lookAtLines } from './line-checks';
import { checkLinks } from './links';
import { checkList } from './list-checks';
import { checkMime } from './mime-checks';
import { pictureSize } from './picture-size';
import { formatOfType } from './used-features';
import { checkWeight, type InlinePicture, listPictures } from './weight';

export interface CheckReport {
  findings: CheckFinding[];
  clients: ClientSupport[];
  links: LinkResult[];
  sizes: { total: number; html: number; images: number; attachments: number };
  remoteImages: string[];
  clientDataOf: string;
}

interface Body {
  readonly structure: MailStructure;
  readonly htmlPart: MailPart | undefined;
  readonly textPart: MailPart | undefined;
  readonly html: string;
  readonly text: string;
}

function readBody(bytes: Uint8Array): Body {
  const structure = scanMail(bytes);
  // Texts of messages inside the message are not what readers see of this one.
  const own = structure.parts.filter((part) => !isInsideMessage(structure, part));
  const find = (type: string): MailPart | undefined =>
    own.find((part) => part.type === type && part.disposition !== 'attachment');
  const htmlPart = find('text/html');
  const textPart = find('text/plain');
  // One character more shows that there is more.
  const html = htmlPart ? readText(bytes, htmlPart, checkLimits.htmlCharacters + 1) : '';
  const text = textPart ? readText(bytes, textPart, checkLimits.textCharacters) : '';
  return { structure, htmlPart, textPart, html, text };
}

function isInsideMessage({ parts }: MailStructure, part: MailPart): boolean {
  for (let at = part.parent; at >= 0; at = parts[at]?.parent ?? -1) if (parts[at]?.isMessage) return true;
  return false;
}

/** Links of a message as `runChecks` lists them, for asking their hosts. */
export function listLinks(bytes: Uint8Array): readonly LinkResult[] {
  const { htmlPart, html, text } = readBody(bytes);
  return checkLinks(htmlPart ? outlineHtml(html) : undefined, text).links;
}

const rank: Record<CheckFinding['level'], number> = { fault: 0, warning: 1, hint: 2, unknown: 3, good: 4 };
const mostPictureBytes = 256 * 1024;
const mostPictures = 500;

export function runChecks(bytes: Uint8Array, now: number): CheckReport {
  const body = readBody(bytes);
  const { structure, htmlPart, textPart, html, text } = body;
  const root = structure.parts[0];
  const read = root ? readFields(bytes, root) : { fields: [], isCut: false };
  const fields = read.fields.map((field) => ({ ...field, raw: field.raw.replace(/\r?\n[ \t]/g, ' ') }));
  const outline = htmlPart && html.trim() !== '' ? outlineHtml(html) : undefined;
  const leaves = structure.parts.filter(
    (part) => !part.isMultipart && !part.isMessage && part !== htmlPart && part !== textPart,
  );
  const pictures = leaves.filter(
    ({ type, disposition }) => type.startsWith('image/') && disposition !== 'attachment',
  );
  const others = leaves.filter((part) => !pictures.includes(part));
  const sizeOf = (part: MailPart): number => estimateBytes(bytes, part);
  const total = (parts: readonly MailPart[]): number => parts.reduce((sum, part) => sum + sizeOf(part), 0);
  const sizes = {
    total: bytes.length,
    html: htmlPart ? sizeOf(htmlPart) : 0,
    images: total(pictures),
    attachments: total(others),
  };
  const inline = pictures.slice(0, mostPictures).map((part): InlinePicture => {
    const content = decodePart(bytes, part, mostPictureBytes);
    return {
      name: part.fileName || part.contentId || part.type,
      bytes: sizeOf(part),
      size: pictureSize(content),
    };
  });
  const formats = pictures
    .slice(0, mostPictures)
    .map(({ type }) => formatOfType(type.slice('image/'.length)));
  const clients = outline ? checkClients(outline, [...new Set(formats)]) : { clients: [], findings: [] };
  const links = checkLinks(outline, text);
  const findings = [
    ...checkHeader({ fields, now }),
    ...checkList(fields),
    ...checkMime({ bytes, structure, fields }),
    ...checkLines(lookAtLines(bytes)),
    ...checkWeight(outline, {
      totalBytes: bytes.length,
      htmlBytes: sizes.html,
      textCharacters: text.length,
      hasTextPart: textPart !== undefined,
      pictures: inline,
    }),
    ...links.findings,
    ...(outline ? checkAccessibility(outline) : []),
    ...clients.findings,
    ...cutFindings(body, outline, read.isCut),
  ];
  return {
    findings: findings
      .sort((one, other) => rank[one.level] - rank[other.level])
      .slice(0, checkLimits.findings),
    clients: [...clients.clients],
    links: [...links.links],
    sizes,
    remoteImages: outline ? remoteImages(outline) : [],
    clientDataOf,
  };
}

const mostRemoteImages = 200;

function remoteImages(outline: HtmlOutline): string[] {
  const urls = listPictures(outline)
    .filter(({ isRemote }) => isRemote)
    .map(({ url }) => plainPlace(url, checkLimits.urlCharacters));
  return [...new Set(urls)].slice(0, mostRemoteImages);
}

function cutFindings(
  { structure, html }: Body,
  outline: HtmlOutline | undefined,
  isHeaderCut: boolean,
): CheckFinding[] {
  const findings: CheckFinding[] = [];
  if (outline?.isCut || html.length > checkLimits.htmlCharacters)
    findings.push(
      finding(
        'warning',
        'html.cut',
        'The HTML is too large or too deep to be looked at as a whole.',
        'Its beginning was checked: 2 million characters, 50,000 elements, 2,000 of them inside each other. Mail clients give up earlier.',
      ),
    );
  if (structure.isCut || isHeaderCut)
    findings.push(
      finding(
        'warning',
        'mime.cut',
        'The message has more parts or header fields than were looked at.',
        'The first of them were checked. Filters take such mail for an attack.',
      ),
    );
  return findings;
}
