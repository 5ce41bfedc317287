/**
 * What the mail clients of caniemail.com make of the HTML: a score for each, and what they do not support.
 *
 * Trusts: the data that ships with the product (caniemail/data.json, made by scripts/caniemail.mjs).
 */
import type { CheckFinding, ClientSupport } from '../api/contract';
import data from './caniemail/data.json';
import { cssFeatureVisitor } from './css-features';
import { createCssReader } from './css-reader';
import { countOf, finding } from './finding';
import { addCssFeatures, addHtmlFeatures } from './html-features';
import type { HtmlOutline } from './html-outline';
import { checkLimits } from './limits';
import { createUsedFeatures, type UsedFeatures } from './used-features';

export const clientDataOf: string = data.date;

const knownUses = new Set(data.features.flatMap(({ uses }) => uses));

export interface ClientCheck {
  readonly clients: readonly ClientSupport[];
  readonly findings: readonly CheckFinding[];
}

/** @param imageFormats of pictures inside the message that the HTML shows: "png" */
export function checkClients(outline: HtmlOutline, imageFormats: readonly string[] = []): ClientCheck {
  const uses = createUsedFeatures();
  addHtmlFeatures(uses, outline);
  for (const format of imageFormats) uses.add(`image:${format}`, 0);
  const reader = createCssReader();
  addCssFeatures(
    reader,
    outline,
    cssFeatureVisitor(uses, (use) => knownUses.has(use)),
  );
  const cut = reader.isCut
    ? [
        finding(
          'hint',
          'html.css-cut',
          'There is more CSS than was looked at.',
          'The first megabyte of style sheets and style attributes was checked. Few mail clients take as much; make the styles smaller.',
        ),
      ]
    : [];
  return { clients: supportOf(uses), findings: [...unsupportedFindings(uses), ...cut] };
}

interface UsedRow {
  readonly title: string;
  readonly slug: string;
  readonly support: string;
  readonly lines: readonly number[];
}

function usedRows(uses: UsedFeatures): UsedRow[] {
  return data.features.flatMap(({ title, slug, uses: names, support }) => {
    const lines = names.filter((name) => uses.has(name)).flatMap((name) => uses.linesOf(name));
    if (lines.length === 0) return [];
    const sorted = [...new Set(lines)].sort((one, other) => one - other);
    return [{ title, slug, support, lines: sorted }];
  });
}

/** Share of the features used that must be known of a client. */
const leastKnown = 0.5;

function supportOf(uses: UsedFeatures): ClientSupport[] {
  const rows = usedRows(uses);
  return data.clients.flatMap(({ family, platform }, index) => {
    const known = rows.filter(({ support }) => support[index] !== '-');
    // A score of the few things that somebody tested there would say nothing.
    if (known.length < rows.length * leastKnown) return [];
    const titlesWith = (mark: string): string[] =>
      known.filter(({ support }) => support[index] === mark).map(({ title }) => title);
    const unsupported = titlesWith('n');
    const partial = titlesWith('a');
    const full = known.length - unsupported.length - partial.length;
    return [{ family, platform, score: known.length === 0 ? 1 : full / known.length, unsupported, partial }];
  });
}

/** A warning where one of the clients that most people have does not support it. */
const common = new Set(['Apple Mail', 'Gmail', 'Outlook', 'Yahoo! Mail']);
const mostFeatureFindings = 60;

function unsupportedFindings(uses: UsedFeatures): CheckFinding[] {
  const rows = usedRows(uses)
    .map((row) => ({ ...row, without: clientsWith(row, 'n'), partly: clientsWith(row, 'a') }))
    .filter(({ without, partly }) => without.length > 0 || partly.length > 0)
    .sort((one, other) => other.without.length - one.without.length);
  return rows.slice(0, mostFeatureFindings).map(({ title, slug, lines, without, partly }) => {
    const isUnsupported = without.length > 0;
    const level = without.some(({ family }) => common.has(family)) ? 'warning' : 'hint';
    const text = [
      ...(isUnsupported ? [`Not in ${namesOf(without)}.`] : []),
      ...(partly.length > 0 ? [`In part in ${namesOf(partly)}.`] : []),
      `Let the message read well without it. More: caniemail.com/features/${slug}/`,
    ].join(' ');
    const where = lines.filter((line) => line > 0).slice(0, checkLimits.places);
    return finding(
      level,
      isUnsupported ? 'html.unsupported' : 'html.partial',
      isUnsupported
        ? `${title}: not supported by ${countOf(without.length, 'mail client')} of ${data.clients.length}.`
        : `${title}: supported in part by ${countOf(partly.length, 'mail client')} of ${data.clients.length}.`,
      text,
      where.map((line) => `line ${line} of the HTML`),
    );
  });
}

type Client = (typeof data.clients)[number];

const clientsWith = ({ support }: UsedRow, mark: string): Client[] =>
  data.clients.filter((_, index) => support[index] === mark);

/** "Gmail (iOS, Android), Outlook (Windows)", the common ones first, and not all of many. */
function namesOf(clients: readonly Client[]): string {
  const families = new Map<string, string[]>();
  for (const { family, platform } of clients)
    families.set(family, [...(families.get(family) ?? []), platform]);
  const names = [...families]
    .sort(([one], [other]) => Number(common.has(other)) - Number(common.has(one)))
    .map(([family, platforms]) => `${family} (${platforms.join(', ')})`);
  const shown = names.slice(0, 6);
  const rest = names.length - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ');
}
