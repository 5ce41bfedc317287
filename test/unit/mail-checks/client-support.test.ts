import { describe, expect, it } from 'vitest';
import data from '../../../src-main/mail-checks/caniemail/data.json';
import { checkClients } from '../../../src-main/mail-checks/client-support';
import { propertyNames } from '../../../src-main/mail-checks/css-features';
import { outlineHtml } from '../../../src-main/mail-checks/html-outline';

const check = (html: string, formats: readonly string[] = []) => checkClients(outlineHtml(html), formats);
const titles = (html: string, formats: readonly string[] = []): string[] => {
  const { clients } = check(html, formats);
  return [...new Set(clients.flatMap(({ unsupported, partial }) => [...unsupported, ...partial]))].sort();
};
const client = (html: string, family: string, platform: string) => {
  const found = check(html).clients.find((each) => each.family === family && each.platform === platform);
  if (!found) throw new Error(`no client ${family} ${platform}`);
  return found;
};
const inStyle = (css: string): string => `<style>${css}</style><p>x</p>`;

describe('support in mail clients', () => {
  it.each([
    ['a property in a style attribute', '<p style="display:flex">x</p>', 'display:flex'],
    ['a property in a sheet', inStyle('p { position: absolute }'), 'position'],
    ['a longhand by its shorthand', inStyle('p { animation-name: x }'), 'animation'],
    ['a prefixed property', inStyle('p { -webkit-filter: blur(1px) }'), 'filter'],
    ['a function', inStyle('p { width: min(1px, 2px) }'), 'min()'],
    ['a variable', inStyle('p { --a: 1px; width: var(--a) }'), 'CSS Variables (Custom Properties)'],
    ['a unit', inStyle('p { width: 10vmax }'), 'vmax unit'],
    ['a keyword', inStyle('p { width: max-content }'), 'fit-content, min-content, max-content'],
    ['an at-rule', inStyle('@import "x.css";'), '@import'],
    [
      'a medium',
      inStyle('@media (prefers-color-scheme: dark) { p { color: red } }'),
      '@media (prefers-color-scheme)',
    ],
    ['a rule inside a medium', inStyle('@media screen { p:hover { color: red } }'), ':hover'],
    ['a pseudo-element', inStyle('p::before { content: "x" }'), '::before'],
    ['a pseudo-class with an argument', inStyle('p:nth-child(2n + 1) { color: red }'), ':nth-child'],
    ['a combinator', inStyle('h1 ~ p { color: red }'), 'General sibling combinator'],
    ['a descendant', inStyle('table td { color: red }'), 'Descendant combinator'],
    ['an attribute selector', inStyle('a[href] { color: red }'), 'Attribute selector'],
    ['chained classes', inStyle('.a.b { color: red }'), 'Chaining selectors'],
    ['nesting', inStyle('p { &:hover { color: red } }'), 'CSS Nesting'],
    ['importance', inStyle('p { color: red !important }'), '!important'],
    ['an element', '<video src="x"></video>', '<video> element'],
    ['an attribute', '<div aria-live="polite">x</div>', 'aria-live attribute'],
    ['an attribute of a style', '<p loading="lazy">x</p>', 'loading attribute'],
    ['a typed element', '<input type="checkbox">', '<input type="checkbox"> element'],
    ['an anchor', '<a href="#top">x</a>', 'Local anchors'],
    ['an image format', '<img src="https://x.test/a.webp?x=1">', 'webP image format'],
    ['an image in CSS', inStyle('p { background: url("a.avif") }'), 'AVIF image format'],
    ['an image in the address', '<img src="data:image/png;base64,AA">', 'Base 64 image format'],
    ['a comment in CSS', inStyle('/* x */ p { color: red }'), 'CSS comments'],
  ])('finds %s', (_, html, title) => {
    const found = titles(html);
    // Titles in the data may differ in small things ("!important keyword").
    expect(found.some((each) => each.startsWith(title))).toBe(true);
  });

  it('finds image formats of attached pictures', () => {
    expect(titles('<p>x</p>', ['avif'])).toContain('AVIF image format');
  });

  it('does not take text, keyframes or strings for features', () => {
    const plain = titles('<p>display:flex</p>');
    expect(plain.some((title) => title.includes('flex'))).toBe(false);
    const steps = titles(inStyle('@keyframes a { from { color: red } 50% { color: blue } }'));
    expect(steps).not.toContain('% unit');
    expect(steps).not.toContain('Type selector');
    expect(titles(inStyle('p { content: "10vmax min(1)" }'))).not.toContain('vmax unit');
  });

  it('scores each client by what it supports in full', () => {
    const outlook = client('<p style="display:flex">x</p>', 'Outlook', 'Windows');
    expect(outlook.unsupported).toContain('display:flex');
    expect(outlook.score).toBeLessThan(1);
    const apple = client('<p style="display:flex">x</p>', 'Apple Mail', 'iOS');
    expect(apple).toMatchObject({ score: 1, unsupported: [], partial: [] });
  });

  it('scores 1 where nothing is used that is known', () => {
    expect(check('plain').clients.every(({ score }) => score === 1)).toBe(true);
  });

  it('tells the line of what is not supported', () => {
    const { findings } = check('<p>one</p>\n<p>two</p>\n<p style="display:flex">three</p>');
    const found = findings.find(({ title }) => title.startsWith('display:flex'));
    expect(found).toMatchObject({
      level: 'warning',
      code: 'html.unsupported',
      places: ['line 3 of the HTML'],
    });
    expect(found?.text).toContain('Outlook (Windows');
  });

  it.each([
    ['border-top-left-radius', ['border-top-left-radius', 'border-radius']],
    ['border-left-color', ['border-left-color', 'border']],
    ['border-spacing', ['border-spacing']],
    ['border-image-slice', ['border-image-slice', 'border-image']],
    ['margin-left', ['margin-left', 'margin']],
    ['-moz-box-shadow', ['box-shadow']],
    ['font-family', ['font-family']],
  ])('looks %s up as %j', (property, names) => expect(propertyNames(property)).toEqual(names));
});

describe('data of caniemail.com', () => {
  it('has a state of every client for every feature, and no use twice', () => {
    const uses = data.features.flatMap((feature) => feature.uses);
    expect(new Set(uses).size).toBe(uses.length);
    for (const { support } of data.features)
      expect(support).toMatch(new RegExp(`^[yan-]{${data.clients.length}}$`));
    expect(data.date).toMatch(/^\d{4}-\d\d-\d\d$/);
  });
});
