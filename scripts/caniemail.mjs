#!/usr/bin/env node
/**
 * Makes src-main/mail-checks/caniemail/data.json anew: what mail clients support of HTML, CSS and image formats.
 *
 *   npm pack caniemail && tar xzf caniemail-*.tgz
 *   node scripts/caniemail.mjs package/data/caniemail.json
 *
 * Takes the data alone (MIT, see the NOTICE beside the result), of each client the newest state of each feature, and
 * adds to each feature the uses that it stands for ("property:display", "pair:display:flex", "element:video"), which
 * html-features.ts and css-features.ts find in a message. Features that no message can be seen to use (BIMI, HDR) are
 * left out; a feature that this script has no uses for ends it with its name, so that nothing new is lost in silence.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './process.mjs';

const invisible = new Set(['bimi', 'image-hdr']);

const properties = (...names) => names.map((name) => `property:${name}`);
const elements = (...names) => names.map((name) => `element:${name}`);
const functions = (...names) => names.map((name) => `function:${name}`);
const attributes = (...names) => names.map((name) => `attribute:${name}`);
const formats = (...names) => names.map((name) => `image:${name}`);

/** Where slug or title do not say it. */
const named = {
  amp: ['attribute:⚡4email', 'attribute:amp4email'],
  'css-at-media-device-pixel-ratio': [
    'media:-webkit-device-pixel-ratio',
    'media:-webkit-min-device-pixel-ratio',
  ],
  'css-at-media-hover': ['media:hover', 'media:any-hover'],
  'css-block-inline-size': properties('block-size'),
  'css-border-inline-block-individual': properties(
    'border-block-end',
    'border-block-start',
    'border-inline-end',
    'border-inline-start',
  ),
  'css-border-inline-block-longhand': ['block', 'inline'].flatMap((axis) =>
    properties(`border-${axis}-color`, `border-${axis}-style`, `border-${axis}-width`),
  ),
  'css-border-inline-block': properties('border-inline', 'border-block'),
  'css-border-radius-logical': properties(
    'border-end-end-radius',
    'border-end-start-radius',
    'border-start-end-radius',
    'border-start-start-radius',
  ),
  'css-color-scheme': properties('color-scheme'),
  'css-column-layout-properties': properties(
    'column-fill',
    'column-rule',
    'column-rule-color',
    'column-rule-style',
    'column-rule-width',
    'column-span',
    'column-width',
    'columns',
  ),
  'css-comments': ['css:comment'],
  'css-font': properties('font'),
  'css-gap': properties('gap', 'column-gap', 'row-gap'),
  'css-grid-template': properties(
    'grid-template',
    'grid-template-areas',
    'grid-template-columns',
    'grid-template-rows',
  ),
  'css-important': ['css:important'],
  'css-inert-attribute': attributes('inert'),
  'css-intrinsic-size': ['keyword:fit-content', 'keyword:min-content', 'keyword:max-content'],
  'css-left-right-top-bottom': properties('left', 'right', 'top', 'bottom'),
  'css-margin-block-start-end': properties('margin-block-start', 'margin-block-end'),
  'css-margin-inline-block': properties('margin-inline', 'margin-block'),
  'css-margin-inline-start-end': properties('margin-inline-start', 'margin-inline-end'),
  'css-padding-block-start-end': properties('padding-block-start', 'padding-block-end'),
  'css-padding-inline-block': properties('padding-inline', 'padding-block'),
  'css-padding-inline-start-end': properties('padding-inline-start', 'padding-inline-end'),
  'css-modern-color': functions('lch', 'oklch', 'lab', 'oklab'),
  'css-nesting': ['selector:nesting'],
  'css-pseudo-class-lang': ['pseudo:lang'],
  'css-scroll-snap': properties('scroll-snap-type', 'scroll-snap-align', 'scroll-snap-stop'),
  'css-selector-adjacent-sibling': ['selector:+'],
  'css-selector-attribute': ['selector:attribute'],
  'css-selector-chaining': ['selector:chaining'],
  'css-selector-child': ['selector:>'],
  'css-selector-class': ['selector:class'],
  'css-selector-descendant': ['selector:descendant'],
  'css-selector-general-sibling': ['selector:~'],
  'css-selector-grouping': ['selector:grouping'],
  'css-selector-id': ['selector:id'],
  'css-selector-type': ['selector:type'],
  'css-selector-universal': ['selector:*'],
  'css-sytem-ui': ['system-ui', 'ui-serif', 'ui-sans-serif', 'ui-rounded', 'ui-monospace'].map(
    (name) => `keyword:${name}`,
  ),
  'css-unit-initial': ['keyword:initial'],
  'css-unit-percent': ['unit:%'],
  'css-variables': [...functions('var'), 'css:variable'],
  'html-address': elements('address'),
  'html-anchor-links': ['html:local-anchor'],
  'html-button-reset': ['typed:button:reset'],
  'html-button-submit': ['typed:button:submit'],
  'html-comments': ['html:comment'],
  'html-doctype': ['html:doctype'],
  'html-h1-h6': elements('h1', 'h2', 'h3', 'h4', 'h5', 'h6'),
  'html-image-maps': elements('map'),
  'html-input-checkbox': ['typed:input:checkbox'],
  'html-input-hidden': ['typed:input:hidden'],
  'html-input-radio': ['typed:input:radio'],
  'html-input-reset': ['typed:input:reset'],
  'html-input-submit': ['typed:input:submit'],
  'html-input-text': ['typed:input:text'],
  'html-lists': elements('ul', 'ol', 'dl'),
  'html-mailto-links': ['html:mailto'],
  'html-meta-color-scheme': ['html:meta-color-scheme'],
  'html-semantics': elements(
    'article',
    'aside',
    'details',
    'figcaption',
    'figure',
    'footer',
    'header',
    'main',
    'mark',
    'nav',
    'section',
    'summary',
    'time',
  ),
  'html-srcset': attributes('srcset', 'sizes'),
  'html-svg': elements('svg'),
  'image-base64': formats('data'),
  'image-apng': formats('apng'),
  'image-heif': formats('heic', 'heif'),
  'image-jpg': formats('jpg', 'jpeg'),
  'image-tiff': formats('tif', 'tiff'),
  'image-mp4': formats('mp4', 'webm', 'mov'),
};

function usesOf({ slug, title }) {
  if (named[slug]) return named[slug];
  const text = title.trim();
  if (slug.startsWith('image-')) return formats(slug.slice('image-'.length));
  if (slug.startsWith('html-')) {
    const element = /^<(\w+)>/.exec(text)?.[1];
    if (element) return elements(element);
    const attribute = /^([\w-]+) attribute$/.exec(text)?.[1];
    return attribute ? attributes(attribute) : [];
  }
  const atMedia = /^@media \(([\w-]+)\)$/.exec(text)?.[1];
  if (atMedia) return [`media:${atMedia}`];
  const atRule = /^@([\w-]+)$/.exec(text)?.[1];
  if (atRule) return [`at:${atRule}`];
  const pair = /^([a-z-]+):\s*([a-z-]+)$/.exec(text);
  if (pair) return [`pair:${pair[1]}:${pair[2]}`];
  const pseudo = /^::?([a-z-]+)(?:\(\))?$/.exec(text)?.[1];
  if (pseudo) return [`pseudo:${pseudo}`];
  const called = /^(?:CSS )?([a-z-]+)\(\)/.exec(text)?.[1];
  if (called) return functions(called);
  const unit = /^([a-z]+) unit$/.exec(text)?.[1];
  if (unit) return [`unit:${unit}`];
  const property = /^([a-z-]+)(?: property| shorthand)?$/.exec(text)?.[1];
  return property ? properties(property) : [];
}

const marks = { y: 'y', a: 'a', n: 'n', u: '-' };

/** The newest state: 'y' in full, 'a' in part, 'n' not, '-' not known. */
function newestState(states) {
  const newest = states && Object.values(states).at(-1);
  return newest ? (marks[newest[0]] ?? '-') : '-';
}

const path = process.argv[2];
if (!path) {
  console.error('caniemail: name the file caniemail.json of the package caniemail');
  process.exit(2);
}
const source = JSON.parse(readFileSync(path, 'utf8'));
const known = new Set();
for (const { stats } of source.data)
  for (const [family, platforms] of Object.entries(stats))
    for (const platform of Object.keys(platforms)) known.add(`${family}/${platform}`);
const keys = [...known].sort();
const features = source.data
  .filter(({ slug }) => !invisible.has(slug))
  .map(({ slug, title, stats }) => {
    const uses = usesOf({ slug, title });
    if (uses.length === 0) {
      console.error(`caniemail: there are no uses for ${slug} (${title}); add them to this script`);
      process.exit(1);
    }
    const support = keys
      .map((key) => key.split('/'))
      .map(([family, platform]) => newestState(stats[family]?.[platform]))
      .join('');
    return { slug, title: title.trim(), uses, support };
  });
const clients = keys.map((key) => {
  const [family, platform] = key.split('/');
  return {
    family: source.nicenames.family[family] ?? family,
    platform: source.nicenames.platform[platform] ?? platform,
  };
});
const lines = [
  `{`,
  `"date": ${JSON.stringify(source.last_update_date.slice(0, 10))},`,
  `"clients": [\n${clients.map((client) => JSON.stringify(client)).join(',\n')}\n],`,
  `"features": [\n${features.map((feature) => JSON.stringify(feature)).join(',\n')}\n]`,
  `}`,
  '',
];
writeFileSync(join(root, 'src-main/mail-checks/caniemail/data.json'), lines.join('\n'));
console.log(
  `${features.length} features of ${clients.length} clients, of ${source.last_update_date.slice(0, 10)}`,
);
