/** The tabs Checks and Authentication in a real browser; what they show is what the real checks answer. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runChecks } from '../../src-main/mail-checks/run-checks';
import { launchChromium } from '../support/chromium';
import { type InspectorSite, startInspectorSite } from '../support/inspector-site';
import { describeWith } from '../support/packages';

const newsletter = [
  'From: "ceo@bank.test" <news@corp.test>',
  'To: ann@corp.test',
  'Subject: News',
  'Subject: Again',
  'Date: Tue, 4 Mar 2025 10:15:00 +0100',
  'Precedence: bulk',
  'Content-Type: text/html; charset=utf-8',
  '',
  '<html><head><style>@media (max-width:600px){.a{display:grid;gap:4px}} p:hover{filter:blur(1px)}</style></head>',
  '<body><table width="600"><tr><td style="display:flex;border-radius:4px;color:#999">Hello, this is the news of March.</td></tr></table>',
  '<a href="https://evil.test/login">https://bank.test/login</a> <a href="https://corp.test/">click here</a>',
  '<img src="https://t.corp.test/p.gif" width="1" height="1"><img src="https://corp.test/logo.webp"></body></html>',
  '',
].join('\r\n');
const run = runChecks(Buffer.from(newsletter), Date.UTC(2025, 2, 4, 12));
const authentication = {
  checkedAt: Date.UTC(2025, 2, 4, 12),
  results: [
    {
      method: 'spf',
      result: 'pass',
      domain: 'corp.test',
      isAligned: true,
      text: 'corp.test allows 192.0.2.7 to send its mail.',
    },
    {
      method: 'dkim',
      result: 'fail',
      domain: 'corp.test',
      selector: 'one',
      isAligned: true,
      text: 'The text was changed after it was signed.',
    },
    {
      method: 'dkim',
      result: 'pass',
      domain: 'mailer.test',
      selector: 'm',
      isAligned: false,
      text: 'mailer.test signed this message.',
    },
    { method: 'dmarc', result: 'pass', domain: 'corp.test', text: 'The domain of From is proved by SPF.' },
    { method: 'arc', result: 'none', domain: '', text: 'No forwarder left a seal.' },
  ],
};
const links = {
  links: run.links.map((link, index) => ({
    ...link,
    state: index === 0 ? 'broken' : 'good',
    detail: index === 0 ? '404 Not Found' : '200 OK',
  })),
};
const spam = {
  state: 'scored',
  score: 7.2,
  threshold: 5,
  rules: [{ name: 'MISSING_MID', score: 2.7, text: 'Missing Message-Id: header' }],
  text: 'SpamAssassin takes this for spam: 7.2 points, and 5 are enough.',
};

describeWith(['chromium'], 'the checks of a message in the console', () => {
  let browser: Browser;
  let site: InspectorSite;
  let page: Page;

  beforeAll(async () => {
    [browser, site] = await Promise.all([launchChromium(), startInspectorSite('checks-page')]);
  });
  afterAll(async () => {
    await Promise.all([browser?.close(), site?.close()]);
  });
  async function open(search: string, answers: object = { run, links, spam, authentication }) {
    await page?.close();
    page = await browser.newPage({ viewport: { width: 1040, height: 640 }, reducedMotion: 'reduce' });
    page.setDefaultTimeout(15_000);
    await page.addInitScript((given) => {
      window.answers = given as never;
    }, answers);
    await page.goto(`${site.origin}/?${search}`);
  }
  const button = (name: string | RegExp) => page.getByRole('button', { name });
  const asked = () => page.evaluate(() => window.asked?.map(({ name }) => name));

  it('show what was found by area, faults open, and ask nobody by themselves', async () => {
    await open('tab=checks');
    await page.getByText('Header fields are there more than once that may be there once only.').waitFor();
    await page.getByText('The text of a link names another host than the link leads to.').first().waitFor();
    await button(/^Mail clients/).waitFor();
    await button('Outlook').click();
    await page
      .getByText(/Not supported: .*display:flex/)
      .first()
      .waitFor();
    expect(await asked()).toEqual(['run']);
    await button('Check links').click();
    await page.getByText('1 link broken.').waitFor();
    await button('Ask the spam checker').click();
    await page.getByText(spam.text).waitFor();
    expect(await asked()).toEqual(['run', 'links', 'spam']);
  });

  it('of an opened file send its bytes, unless it is too large', async () => {
    await open('tab=checks&opened=14');
    await page.getByRole('heading', { name: 'Support in mail clients' }).waitFor();
    expect(await page.evaluate(() => window.asked?.[0]?.input)).toEqual({
      message: { contentBase64: Buffer.from('Subject: x\r\n\r\n').toString('base64') },
    });
    await open('tab=checks&opened=40000000');
    await page.getByText('The message is too large to be checked.').waitFor();
    expect(await asked()).toEqual([]);
  });

  it('say what went wrong, and can be tried again', async () => {
    await open('tab=checks', {});
    await page.getByText('The message could not be checked.').waitFor();
    await button('Check again').waitFor();
  });

  it('tell a viewer why other hosts are not asked', async () => {
    await open('tab=checks&role=viewer');
    await button('Check links').focus();
    await page.getByText('Viewers may not ask other hosts.').first().waitFor();
    expect(await asked()).toEqual(['run']);
  });

  it('ask DNS by a button, or when a message is opened where that was chosen', async () => {
    await open('tab=authentication');
    await page.getByText('Nothing was asked yet.').waitFor();
    expect(await asked()).toEqual([]);
    await button('Check now (asks DNS)').click();
    await page.getByText('The domain of From is proved by SPF.').waitFor();
    expect(await asked()).toEqual(['authentication']);
    await page.getByRole('switch').click();
    await page.reload();
    await page.getByText('The domain of From is proved by SPF.').waitFor();
  });

  it.each([
    ['checks', 'light'],
    ['checks', 'dark'],
    ['authentication', 'light'],
    ['authentication', 'contrast'],
  ])('%s in the %s theme has no accessibility fault that axe finds', async (tab, theme) => {
    await open(`tab=${tab}&theme=${theme}`);
    if (tab === 'checks') {
      await page.getByRole('heading', { name: 'Support in mail clients' }).waitFor();
      await button('Check links').click();
      await page.getByText('1 link broken.').waitFor();
    } else {
      await button('Check now (asks DNS)').click();
      await page.getByText('The domain of From is proved by SPF.').waitFor();
    }
    const folder = process.env.CHECKS_SHOTS;
    if (folder) await page.screenshot({ path: `${folder}/${tab}-${theme}.png` });
    await page.evaluate(
      await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'),
    );
    const violations = await page.evaluate(async () => {
      const { axe } = window as unknown as {
        axe: {
          run: (
            context: object,
            options: object,
          ) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
        };
      };
      const found = await axe.run(
        { exclude: ['[data-tabster-dummy]'] },
        { rules: { 'page-has-heading-one': { enabled: false }, region: { enabled: false } } },
      );
      return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    });
    expect(violations).toEqual([]);
  });
});
