/**
 * Domains and Current Sessions in Chromium on the real service: order and filter by the engine, rename in place,
 * Export List, Terminate, and lists that are long.
 */
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium';
import { type ConsolePage, openConsole } from '../support/console-page';
import { describeWith } from '../support/packages';
import { type RunningService, startService, waitFor } from '../support/service';
import { connectSmtp } from '../support/smtp-client';

/** As many rows as a person may have, and some. */
const domainCount = 5000;
const sessionCount = 2000;
const rowsInPage = 100;

const number = (index: number): string => String(index).padStart(4, '0');
const domainName = (index: number): string => `d${number(index)}.test`;

describeWith(['chromium'], 'the lists of the console', () => {
  let browser: Browser;
  let service: RunningService;
  let console: ConsolePage;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
  });
  const openWith = async (domains: readonly object[]): Promise<void> => {
    service = await startService({
      hasConsole: true,
      server: {
        domains: [{ type: 'default', name: 'corp.test' }, ...domains] as never,
        // All sessions of a long list come from this computer.
        maxConnectionsPerAddress: null,
      },
    });
  };
  afterEach(async () => {
    await console.page.context().close();
  });

  const press = (key: string): Promise<void> => console.page.keyboard.press(key);
  const grid = (name: string): Locator => console.page.getByRole('grid', { name });
  const show = async (name: 'Domains' | 'Current Sessions'): Promise<Locator> => {
    await console.node(new RegExp(`^${name}`)).click();
    await grid(name).waitFor();
    return grid(name);
  };
  /** Text of the first cell of the row at a place, once it is there and is not the one before. */
  const cellAt = (list: Locator, index: number, column = 1): Locator =>
    list.locator(`[aria-rowindex="${index + 2}"] [aria-colindex="${column}"]`);
  const waitForCell = (list: Locator, index: number, text: string, column = 1): Promise<void> =>
    cellAt(list, index, column).filter({ hasText: text }).waitFor();
  const sortBy = (list: Locator, title: string): Promise<void> =>
    list.getByRole('columnheader', { name: title }).getByRole('button').click();

  describe('with a few domains', () => {
    beforeAll(() =>
      openWith([
        { type: 'remote', name: 'b.partner.test', smartHost: 'zeta.test' },
        { type: 'alias', name: 'alias.test' },
        { type: 'remote', name: '*.partner.test' },
        { type: 'remote', name: 'a.partner.test', smartHost: 'alpha.test', port: 2525 },
      ]),
    );
    afterAll(() => service?.remove());
    beforeEach(async () => {
      console = await openConsole(browser, service);
    });
    const names = async (list: Locator): Promise<string[]> => {
      const rows = list.locator('[role=row][aria-selected] [aria-colindex="1"]');
      return (await rows.allTextContents()).toSorted();
    };
    const inOrder = async (list: Locator): Promise<string[]> => {
      const count = Number(await list.getAttribute('aria-rowcount')) - 1;
      return Promise.all(
        Array.from({ length: count }, async (_, index) => (await cellAt(list, index).textContent()) ?? ''),
      );
    };

    it('are in the order of the settings, and sorted by any column, both ways, remembered', async () => {
      const list = await show('Domains');
      await waitForCell(list, 0, 'corp.test');
      expect((await inOrder(list))[1]).toBe('b.partner.test');
      await sortBy(list, 'Domain Name');
      await waitForCell(list, 0, '*.partner.test');
      expect(await inOrder(list)).toEqual([
        '*.partner.test',
        'a.partner.test',
        'alias.test',
        'b.partner.test',
        'corp.test',
      ]);
      await sortBy(list, 'Mail goes to');
      await waitForCell(list, 4, 'b.partner.test');
      expect(await inOrder(list)).toEqual([
        'corp.test',
        'alias.test',
        '*.partner.test',
        'a.partner.test',
        'b.partner.test',
      ]);
      await sortBy(list, 'Mail goes to');
      await waitForCell(list, 0, 'b.partner.test');
      await console.page.reload();
      await waitForCell(await show('Domains'), 0, 'b.partner.test');
      await sortBy(list, 'Mail goes to');
      await waitForCell(list, 0, 'corp.test');
    });

    it('are found by a part of the name, and Esc shows all again', async () => {
      const list = await show('Domains');
      await waitForCell(list, 0, 'corp.test');
      const filter = console.page.getByRole('textbox', { name: 'Filter by name' });
      await filter.fill('PARTNER');
      await console.page.getByText('3 domains found').waitFor();
      expect(await names(list)).toEqual(['*.partner.test', 'a.partner.test', 'b.partner.test']);
      await filter.fill('nowhere');
      await console.page.getByText('No domain has that in its name.').waitFor();
      await filter.press('Escape');
      await waitForCell(list, 0, 'corp.test');
    });

    it('are renamed in place with F2; a refusal stands beside the field, Esc leaves the name', async () => {
      const list = await show('Domains');
      await cellAt(list, 2).filter({ hasText: 'alias.test' }).click();
      await press('F2');
      const field = list.getByRole('textbox', { name: 'New name' });
      await field.and(console.page.locator(':focus')).waitFor();
      await field.fill('corp.test');
      await field.press('Enter');
      await console.page.getByRole('tooltip').filter({ hasText: 'corp.test' }).waitFor();
      await field.press('Escape');
      await field.waitFor({ state: 'detached' });
      await list.and(console.page.locator(':focus')).waitFor();
      await press('F2');
      await field.fill('second.test');
      await field.press('Enter');
      await waitForCell(list, 2, 'second.test');
      await field.waitFor({ state: 'detached' });
      expect((await service.client.domains.get({ serverId: 1, name: 'second.test' })).type).toBe('alias');
      // Still selected under its new name: the next verb is about it.
      await console.button('Set as Default').click();
      await list.getByRole('row', { name: /second\.test Local \(Default\)/ }).waitFor();
      await service.client.domains.setDefault({ serverId: 1, name: 'corp.test' });
      await service.client.domains.rename({ serverId: 1, name: 'second.test', newName: 'alias.test' });
      await waitForCell(list, 2, 'alias.test');
      // The browser itself notes a call that was refused.
      expect(console.complaints.filter((text) => !text.includes('status of 422'))).toEqual([]);
    });

    it('show a menu that the keys work in also for a row that was not selected', async () => {
      const list = await show('Domains');
      await cellAt(list, 0).filter({ hasText: 'corp.test' }).click();
      for (const name of ['alias.test', 'b.partner.test']) {
        await list.getByRole('row', { name: new RegExp(name) }).click({ button: 'right' });
        const menu = console.page.getByRole('menu');
        await menu.getByRole('menuitem', { name: /Properties/ }).waitFor();
        await menu.locator('[role^=menuitem]:focus').waitFor();
        const first = await menu.locator(':focus').textContent();
        await press('ArrowDown');
        await menu.locator('[role^=menuitem]:focus').waitFor();
        expect(await menu.locator(':focus').textContent()).not.toBe(first);
        await press('Escape');
        await menu.waitFor({ state: 'detached' });
        await list.and(console.page.locator(':focus')).waitFor();
      }
    });

    it('are named on the page of their virtual server, local and remote', async () => {
      await console.node(/Default SMTP/).click();
      await console.page.getByText('corp.test, alias.test').waitFor();
      const remote = console.page.getByText('b.partner.test, *.partner.test, a.partner.test');
      await remote.waitFor();
      await remote.getByRole('button', { name: 'Domains' }).click();
      await grid('Domains').waitFor();
    });

    it('are deleted after a question, but the default domain is not', async () => {
      await service.client.domains.create({ serverId: 1, type: 'alias', name: 'old.test' });
      const list = await show('Domains');
      await cellAt(list, 0).filter({ hasText: 'corp.test' }).click();
      await waitFor('Delete refused', async () => {
        return (await console.button('Delete').getAttribute('aria-disabled')) === 'true';
      });
      await list.getByRole('row', { name: /old\.test/ }).click();
      await list.press('Delete');
      const question = console.page.getByRole('alertdialog', { name: 'Delete the domain old.test?' });
      await question.getByRole('button', { name: 'Delete' }).click();
      await list.getByRole('row', { name: /old\.test/ }).waitFor({ state: 'detached' });
      expect((await service.client.domains.list({ serverId: 1 })).total).toBe(5);
      expect(console.complaints).toEqual([]);
    });

    it('refuse a second domain of the same name before it is made', async () => {
      await show('Domains');
      await console.button('New').click();
      await console.page.getByRole('menuitem', { name: /Domain/ }).click();
      await console.button('Next').click();
      const name = console.dialog('New SMTP Domain').getByLabel('Name');
      await name.fill('alias.test');
      await name.press('Tab');
      await console.page.getByText(/already/).waitFor();
      expect(await console.button('Next').getAttribute('aria-disabled')).toBe('true');
    });

    it('are exported as a file, in the order of the list, and safe for a spreadsheet', async () => {
      const list = await show('Domains');
      await waitForCell(list, 0, 'corp.test');
      await sortBy(list, 'Domain Name');
      await waitForCell(list, 0, '*.partner.test');
      await console.button('Export List').click();
      const dialog = console.dialog(/Export List/);
      expect(await console.findViolations()).toEqual([]);
      const [download] = await Promise.all([
        console.page.waitForEvent('download'),
        dialog.getByRole('button', { name: 'Export' }).click(),
      ]);
      expect(download.suggestedFilename()).toBe('Domains of Default SMTP Virtual Server.csv');
      expect(await readFile(await download.path(), 'utf8')).toBe(
        [
          '\ufeffDomain Name,Type,Mail goes to',
          '*.partner.test,Remote,DNS (MX)',
          'a.partner.test,Remote,"Smart host alpha.test, port 2525"',
          'alias.test,Local (Alias),Drop folder',
          'b.partner.test,Remote,Smart host zeta.test',
          'corp.test,Local (Default),Drop folder',
          '',
        ].join('\r\n'),
      );
      await dialog.waitFor({ state: 'detached' });
      await sortBy(list, 'Domain Name');
      await sortBy(list, 'Domain Name');
    });

    it('export the virtual servers of the computer, the selected one alone, with tabs', async () => {
      await console.page.getByRole('treeitem').first().click();
      const list = grid('SMTP virtual servers');
      await cellAt(list, 0).click();
      await console.page.getByRole('menuitem', { name: 'Action' }).click();
      await console.page.getByRole('menuitem', { name: 'Export List…' }).click();
      const dialog = console.dialog(/Export List/);
      await dialog.getByText('Text (tab delimited)').click();
      await dialog.getByText('1 row selected').click();
      const [download] = await Promise.all([
        console.page.waitForEvent('download'),
        dialog.getByRole('button', { name: 'Export' }).click(),
      ]);
      const lines = (await readFile(await download.path(), 'utf8')).split('\r\n');
      expect(lines[0]).toBe('Name\tState\tIdentities\tSessions\tQueue\tDrop\tBadmail');
      expect(lines[1]).toBe(`Default SMTP Virtual Server\tRunning\t127.0.0.1:${service.port}\t0\t0\t0\t0`);
    });
  });

  describe('with clients', () => {
    beforeAll(() => openWith([]));
    afterAll(() => service?.remove());
    beforeEach(async () => {
      console = await openConsole(browser, service);
    });

    it('say how to connect while nobody is', async () => {
      await show('Current Sessions');
      await console.page.getByText('Nobody is connected.').waitFor();
      await console.page.getByText(`Clients connect to 127.0.0.1:${service.port}.`).waitFor();
    });

    it('show a session from its first word to its end, and end it with 421 after a question', async () => {
      const list = await show('Current Sessions');
      const client = await connectSmtp(service.port);
      await client.say('EHLO printer.corp.test');
      const row = list.getByRole('row', { name: /printer\.corp\.test/ });
      await row.filter({ hasText: 'Between messages' }).waitFor();
      await client.say('MAIL FROM:<a@corp.test>');
      await row.filter({ hasText: 'Naming recipients' }).waitFor();
      await client.say('RCPT TO:<b@corp.test>');
      await client.say('DATA');
      await row.filter({ hasText: 'Receiving a message' }).waitFor();
      await row.click();
      await list.press('Delete');
      const question = console.page.getByRole('alertdialog', { name: 'Terminate this session?' });
      await question
        .getByText('The connection from 127.0.0.1 (printer.corp.test) is closed with 421.')
        .waitFor();
      await question.getByRole('button', { name: 'Terminate' }).click();
      expect(await client.hear()).toMatch(/^421 /);
      await console.page.getByText('Nobody is connected.').waitFor();
      await waitFor('nothing selected', async () => {
        return (await console.button('Terminate').getAttribute('aria-disabled')) === 'true';
      });
    });

    it('keep the selection while others come and go, and Terminate ends the selected ones alone', async () => {
      const list = await show('Current Sessions');
      const [first, kept] = [await connectSmtp(service.port), await connectSmtp(service.port)];
      await first.say('EHLO first.test');
      await kept.say('EHLO kept.test');
      await list.getByRole('row', { name: /first\.test/ }).click();
      const passing = await connectSmtp(service.port);
      await passing.say('EHLO passing.test');
      await list.getByRole('row', { name: /passing\.test/ }).waitFor();
      passing.end();
      await list.getByRole('row', { name: /passing\.test/ }).waitFor({ state: 'detached' });
      expect(await list.getByRole('row', { name: /first\.test/ }).getAttribute('aria-selected')).toBe('true');
      await console.button('Terminate').click();
      await console.page.getByRole('alertdialog').getByRole('button', { name: 'Terminate' }).click();
      expect(await first.hear()).toMatch(/^421 /);
      await list.getByRole('row', { name: /first\.test/ }).waitFor({ state: 'detached' });
      expect(await kept.say('NOOP')).toMatch(/^250 /);
      kept.end();
    });
  });

  describe('that are long', () => {
    const sockets: Socket[] = [];
    beforeAll(async () => {
      const remote = Array.from({ length: domainCount - 1 }, (_, index) => ({
        type: 'remote',
        // Not in the order of their names, so that the engine has something to sort.
        name: domainName((index * 7919) % (domainCount - 1)),
      }));
      await openWith(remote);
    });
    afterAll(async () => {
      for (const socket of sockets) socket.destroy();
      await service?.remove();
    });
    beforeEach(async () => {
      console = await openConsole(browser, service);
    });

    /** The most calls of one kind that were under way at once. */
    const countCalls = (name: string) => {
      const open = new Set<object>();
      const seen = { most: 0, all: 0 };
      const isOne = (url: string): boolean => url.endsWith(`/rpc/${name}`);
      console.page.on('request', (request) => {
        if (!isOne(request.url())) return;
        open.add(request);
        seen.all += 1;
        seen.most = Math.max(seen.most, open.size);
      });
      const close = (request: object): void => void open.delete(request);
      console.page.on('requestfinished', close);
      console.page.on('requestfailed', close);
      return seen;
    };
    const rowCount = (): Promise<number> => console.page.getByRole('row').count();

    it('show the right first and last rows of 5,000 domains after sorting and scrolling', async () => {
      const calls = countCalls('domains/list');
      const list = await show('Domains');
      await waitForCell(list, 0, 'corp.test');
      expect(await list.getAttribute('aria-rowcount')).toBe(String(domainCount + 1));
      await sortBy(list, 'Domain Name');
      await waitForCell(list, 1, domainName(0));
      await list.focus();
      await press('End');
      await waitForCell(list, domainCount - 1, domainName(domainCount - 2));
      expect(await rowCount()).toBeLessThan(rowsInPage);
      await sortBy(list, 'Domain Name');
      await waitForCell(list, domainCount - 1, 'corp.test');
      await list.focus();
      await press('Home');
      await waitForCell(list, 0, domainName(domainCount - 2));
      expect(await rowCount()).toBeLessThan(rowsInPage);
      // The view lies in two pages at most.
      expect(calls.most).toBeLessThanOrEqual(2);
      await console.page.getByRole('textbox', { name: 'Filter by name' }).fill('d0042');
      await waitForCell(list, 0, domainName(42));
      expect(await list.getAttribute('aria-rowcount')).toBe('2');
      expect(console.complaints).toEqual([]);
    });

    it('are named by the first few, with the number of the others', async () => {
      await console.node(/Default SMTP/).click();
      await console.page.getByText(/d0000\.test, .* and 4,994 more/).waitFor();
    });

    it('export all 5,000 domains though the page holds but few', async () => {
      await show('Domains');
      await console.button('Export List').click();
      const [download] = await Promise.all([
        console.page.waitForEvent('download'),
        console
          .dialog(/Export List/)
          .getByRole('button', { name: 'Export' })
          .click(),
      ]);
      const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
      expect(lines.length).toBe(domainCount + 1);
      expect(new Set(lines).size).toBe(lines.length);
    });

    it('show 2,000 sessions that are really open, with one reading at a time however fast they change', async () => {
      await openSessions(service.port, sessionCount, sockets);
      const calls = countCalls('sessions/list');
      const list = await show('Current Sessions');
      await waitFor('all of them', async () => {
        return (await list.getAttribute('aria-rowcount')) === String(sessionCount + 1);
      });
      await sortBy(list, 'User');
      await waitForCell(list, 0, 'c0000.test');
      await list.focus();
      await press('End');
      await waitForCell(list, sessionCount - 1, `c${number(sessionCount - 1)}.test`);
      expect(await rowCount()).toBeLessThan(rowsInPage);
      await press('Home');
      await waitForCell(list, 0, 'c0000.test');
      // A burst of changes on many sessions: no reading begins while another one is under way.
      calls.most = 0;
      const before = calls.all;
      for (let round = 0; round < 3; round += 1) {
        await Promise.all(sockets.map((socket) => greet(socket, 'MAIL FROM:<a@line.test>\r\n')));
        await Promise.all(sockets.map((socket) => greet(socket, 'RSET\r\n')));
      }
      await waitFor('the change on the page', async () => {
        return (await cellAt(list, 0, 8).textContent()) === 'RSET';
      });
      expect(calls.all).toBeGreaterThan(before);
      expect(calls.most).toBe(1);
      expect(await cellAt(list, 0).textContent()).toBe('c0000.test');
      // All of them, by the keyboard.
      await list.focus();
      await press('Control+a');
      await list.locator('[aria-rowindex="9"][aria-selected=true]').waitFor();
      await press('Delete');
      const question = console.page.getByRole('alertdialog', { name: 'Terminate 2,000 sessions?' });
      await question.getByRole('button', { name: 'Terminate' }).click();
      await console.page.getByText('Nobody is connected.').waitFor();
      expect(console.complaints).toEqual([]);
    });
  });
});

/** Says a line, if any, and waits for what comes back. */
const greet = (socket: Socket, line: string): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('data', () => {
      socket.off('error', reject);
      resolve();
    });
    if (line !== '') socket.write(line);
  });

/** Opens connections, each of which has said its EHLO and stays. */
async function openSessions(port: number, count: number, sockets: Socket[]): Promise<void> {
  const atOnce = 50;
  for (let first = 0; first < count; first += atOnce) {
    await Promise.all(
      Array.from({ length: Math.min(atOnce, count - first) }, async (_, at) => {
        const socket = connect(port, '127.0.0.1');
        sockets.push(socket);
        socket.on('error', () => undefined);
        await greet(socket, '');
        await greet(socket, `EHLO c${number(first + at)}.test\r\n`);
      }),
    );
  }
}
