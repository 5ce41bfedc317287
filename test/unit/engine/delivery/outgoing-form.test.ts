/** What goes over the wire to hosts that take more or less than a message has. */
import { describe, expect, it } from 'vitest';
import type { ContentSource } from '../../../../src-main/engine/core/content';
import type { DialogueLine } from '../../../../src-main/engine/core/dialogue';
import type { BodyType } from '../../../../src-main/engine/core/envelope';
import { createDeliveryWatch } from '../../../../src-main/engine/delivery/delivery-watch';
import { createOutgoingMessage } from '../../../../src-main/engine/delivery/outgoing-message';
import { makeDkimKey, recordsOf } from '../../../support/dkim-keys';
import { verifyWithMailauth } from '../../../support/dkim-verifiers';
import { createServerSettings } from '../../../support/settings';
import { benchWith, brief, contentOf, hostAt, jobOf, peerWith, recipientOf } from './delivery-bench';

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
const head = 'From: a@corp.test\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=iso-8859-1\r\n';
const image =
  'From: a@corp.test\r\nMIME-Version: 1.0\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: binary\r\n\r\n';
const everything = ['8BITMIME', 'SIZE', 'CHUNKING', 'BINARYMIME', 'PIPELINING'];
const long = 'x'.repeat(1_500);

async function send(
  text: string,
  { extensions = [] as string[], body = '8bitmime' as BodyType, more = {} } = {},
) {
  const peer = await peerWith({ extensions });
  const result = await benchWith([hostAt('mx.test', peer.port)]).send(
    jobOf({ content: contentOf(latin(text)), envelope: { body, ...more } }),
  );
  const [transaction] = peer.transactions;
  return {
    said: brief(result)[0],
    params: transaction?.senderParams,
    data: transaction?.data.toString('latin1'),
    verbs: peer.commands.map(({ line }) => line.replace(/ .*/, '')),
  };
}

describe('8-bit content', () => {
  it('is converted for a host without 8BITMIME, and declared as what it is then', async () => {
    const { data, params } = await send(`${head}\r\ngr\xfcn\r\n`, { extensions: ['SIZE'] });
    const expected = `${head}Content-Transfer-Encoding: quoted-printable\r\n\r\ngr=FCn\r\n`;
    expect(data).toBe(expected);
    expect(params).toBe(`SIZE=${expected.length}`);
  });

  it('is converted also when nobody declared it', async () => {
    const { data } = await send(`${head}\r\n\xfc\r\n`, { body: '7bit' });
    expect(data).toContain('=FC');
  });

  it('stays as it is for a host with 8BITMIME', async () => {
    const text = `${head}\r\n\xfc\r\n`;
    expect(await send(text, { extensions: ['8BITMIME'] })).toMatchObject({
      data: text,
      params: 'BODY=8BITMIME',
    });
  });

  it('that cannot be converted is returned, with the reason', async () => {
    const { said, verbs } = await send(`Subject: \xfc\r\n\r\n\xfc\r\n`);
    expect(said).toMatch(
      / 554 5\.6\.3 Conversion required .* because it has characters outside of ASCII in a header /,
    );
    expect(verbs).toEqual(['EHLO']);
  });

  it('... but goes as it is when nobody declared it', async () => {
    const text = `Subject: \xfc\r\n\r\n\xfc\r\n`;
    expect((await send(text, { body: '7bit' })).data).toBe(text);
  });

  it('in a header that was declared SMTPUTF8 is not a matter of conversion', async () => {
    const text =
      `${head}\r\n--\r\n`.replace('text/plain', 'multipart/mixed; boundary=b') +
      '--b\r\nX: \xfc\r\n\r\n\r\n--b--\r\n';
    expect((await send(text, { more: { isUtf8: true } })).said).toContain('550 5.6.7');
  });

  it('counts as large as it is after conversion', async () => {
    const text = `${head}\r\n${'\xfc'.repeat(300)}\r\n`;
    const converted = (await send(text)).data?.length ?? 0;
    expect(converted).toBeGreaterThan(1_000);
    const { said, verbs } = await send(text, { extensions: [`SIZE ${converted - 1}`] });
    expect(said).toContain(
      `552 5.3.4 The message (${converted} bytes) is larger than the remote server accepts (${converted - 1} bytes)`,
    );
    expect(verbs).toEqual(['EHLO']);
    expect((await send(text, { extensions: [`SIZE ${converted}`] })).said).toContain('250 2.0.0');
    expect((await send(text, { extensions: [`SIZE ${text.length}`, '8BITMIME'] })).said).toContain(
      '250 2.0.0',
    );
  });
});

describe('binary content', () => {
  const text = `${image}\x89\0\r\n.\r\n\n\r\xff--`;

  it('goes byte for byte by BDAT to a host with CHUNKING and BINARYMIME', async () => {
    expect(await send(text, { extensions: everything, body: 'binarymime' })).toEqual({
      said: 'one@far.test: 250 2.0.0 queued as PEER (mx.test)',
      params: `SIZE=${text.length} BODY=BINARYMIME`,
      data: text,
      verbs: ['EHLO', 'MAIL', 'RCPT', 'BDAT'],
    });
  });

  it.each([
    ['CHUNKING alone', ['8BITMIME', 'CHUNKING']],
    ['BINARYMIME alone', ['8BITMIME', 'BINARYMIME']],
    ['neither', []],
  ])('is converted for a host with %s', async (_what, extensions) => {
    const { data, verbs } = await send(text, { extensions, body: 'binarymime' });
    const body = Buffer.from(text.slice(image.length), 'latin1').toString('base64');
    expect(data).toBe(`${image.replace('binary', 'base64')}${body}\r\n`);
    expect(verbs).toContain('DATA');
  });

  it('of long lines is converted, and goes by BDAT where it may', async () => {
    const lines = `${head}\r\n${long}\r\n`;
    expect((await send(lines, { extensions: ['8BITMIME'], body: '7bit' })).data).toContain(
      `${'x'.repeat(75)}=\r\n`,
    );
    expect(await send(lines, { extensions: everything, body: '7bit' })).toMatchObject({
      data: lines,
      params: expect.stringContaining('BODY=BINARYMIME'),
    });
  });

  it('of long lines stays as it is where a signature would break, unless somebody declared it binary', async () => {
    const signed = `DKIM-Signature: x\r\n${head}\r\n${long}\r\n`;
    expect((await send(signed, { body: '8bitmime' })).data).toBe(signed);
    expect((await send(signed, { body: 'binarymime' })).data).not.toBe(signed);
  });

  it('has whole line ends where nobody declared it: DATA knows no others', async () => {
    const { data, params } = await send(`${head}\r\na\nb\rc\r\n`, { extensions: everything, body: '7bit' });
    expect(data).toBe(`${head}\r\na\r\nb\r\nc\r\n`);
    expect(params).toBe(`SIZE=${data?.length}`);
  });

  it('of 3 MB is streamed', async () => {
    const large = `${image}${Buffer.from(Array.from({ length: 3_000_000 }, (_, at) => (at * 31) % 256)).toString('latin1')}`;
    expect((await send(large, { extensions: everything, body: 'binarymime' })).data === large).toBe(true);
    const { data } = await send(large, { extensions: [], body: 'binarymime' });
    const decoded = Buffer.from((data ?? '').slice(image.length), 'base64').toString('latin1');
    expect(decoded === large.slice(image.length)).toBe(true);
  });
});

describe('the dialogue', () => {
  it('says what was done to the message, and which signature does not hold any more', async () => {
    const watch = createDeliveryWatch();
    const lines: DialogueLine[] = [];
    const job = jobOf({
      content: contentOf(latin(`DKIM-Signature: x\r\n${head}\r\n\xfc\r\n`)),
      envelope: { body: '8bitmime' },
    });
    watch.watch(job.envelope.queueId, (line) => lines.push(line));
    const peer = await peerWith({ extensions: [] });
    await benchWith([hostAt('mx.test', peer.port)], { watch }).send(job);
    const notes = lines.filter(({ side }) => side === 'note').map(({ text }) => text);
    expect(notes).toContain(
      'Converted, for the remote server does not take 8-bit content (quoted-printable)',
    );
    expect(notes).toContain('The DKIM signature that it came with does not hold any more');
  });
});

describe('a DKIM signature', () => {
  const key = makeDkimKey('corp.test', 'one', 'ed25519');
  const verdicts = async (text: string, extensions: string[]): Promise<string[]> => {
    const peer = await peerWith({ extensions });
    const { dkimKeys } = createServerSettings({ dkimKeys: [key.setting] });
    const job = jobOf({ content: contentOf(latin(text)), envelope: { body: 'binarymime' } });
    await benchWith([hostAt('mx.test', peer.port)], { settings: { dkimKeys } }).send(job);
    return verifyWithMailauth(peer.transactions[0]?.data ?? Buffer.alloc(0), recordsOf(key));
  };

  it.each([
    ['converted 8-bit text', `${head}\r\n\xfc\r\n`, []],
    ['8-bit text', `${head}\r\n\xfc\r\n`, ['8BITMIME']],
    ['a converted picture', `${image}\0\n\xff`, ['8BITMIME']],
    ['binary content by BDAT', `${image}\0\xff${long}\r\n`, everything],
  ])('of ours holds for %s', async (_what, text, extensions) => {
    expect(await verdicts(text, extensions)).toEqual(['ed25519-sha256 corp.test pass']);
  });

  it('is not put on binary content whose line ends another host may change', async () => {
    expect(await verdicts(`${image}\0\n\xff`, everything)).toEqual([]);
  });
});

describe('the copy that goes out', () => {
  const abilities = { takesEightBit: false, takesUtf8: false, takesBinary: false };

  it('is signed behind every other change, and once for all hosts of a kind', async () => {
    const seen: string[] = [];
    const sign = async (content: ContentSource): Promise<ContentSource> => {
      seen.push(Buffer.from(await content.read()).toString('latin1'));
      return contentOf(latin(`Signed: yes\r\n${seen.at(-1)}`));
    };
    const job = jobOf({ content: contentOf(latin(`${head}\r\n\xfc\r\n`)), envelope: { body: '8bitmime' } });
    const message = createOutgoingMessage(job.envelope, job.content, { sendAs: 'relay@provider.test', sign });
    const form = await message.formFor(abilities);
    await message.formFor({ ...abilities, takesUtf8: true });
    await message.formFor({ ...abilities, takesEightBit: true });
    const converted = `${head}Content-Transfer-Encoding: quoted-printable\r\n\r\n=FC\r\n`;
    const sentAs = (text: string): string =>
      text.replace('From: a@corp.test', 'From: <relay@provider.test>\r\nReply-To: a@corp.test');
    expect(seen).toEqual([sentAs(converted), sentAs(`${head}\r\n\xfc\r\n`)]);
    if ('refusal' in form) throw new Error(form.refusal.text);
    const { content, sender, sizeBytes } = await form.transactionFor(job.recipients);
    expect(sender).toBe('relay@provider.test');
    expect(content.toString()).toBe(`Signed: yes\r\n${seen[0]}`);
    expect(sizeBytes).toBe((content as Buffer).length);
  });

  it.each([
    ['ann@corp.test', 'relay@provider.test'],
    ['', ''],
  ])('sent as another address has instead of <%s> the reverse-path <%s>', async (sender, expected) => {
    const job = jobOf({ envelope: { sender } });
    const masquerade = { domain: 'public.test', localDomains: new Set(['corp.test']) };
    const message = createOutgoingMessage(job.envelope, job.content, {
      sendAs: 'relay@provider.test',
      masquerade,
    });
    const form = await message.formFor(abilities);
    if ('refusal' in form) throw new Error(form.refusal.text);
    const { sender: sent, content } = await form.transactionFor(job.recipients);
    expect(sent).toBe(expected);
    expect(content.toString()).not.toContain('public.test');
  });

  it('sent as another address leaves the duty to tell of success here, for the next host would tell that address', async () => {
    const peer = await peerWith();
    const to = (['success', 'failure'] as const).map((condition) =>
      recipientOf(`${condition}@far.test`, { notify: ['success', condition] }),
    );
    const route = { sendAs: 'relay@provider.test' };
    const result = await benchWith([hostAt('mx.test', peer.port)]).send(jobOf({ to, route }));
    expect(peer.transactions[0]?.recipientParams).toEqual([
      'NOTIFY=NEVER',
      'NOTIFY=FAILURE ORCPT=rfc822;failure@far.test',
    ]);
    expect(result.results.some(({ isDsnRelayed }) => isDsnRelayed)).toBe(false);
  });

  it('is read anew after a failure', async () => {
    let isBroken = true;
    const good = contentOf('Subject: x\r\n\r\nx\r\n');
    const content = { ...good, read: () => (isBroken ? Promise.reject(new Error('EIO')) : good.read()) };
    const message = createOutgoingMessage(jobOf().envelope, content);
    await expect(message.formFor(abilities)).rejects.toThrow('EIO');
    isBroken = false;
    expect(await message.formFor(abilities)).toMatchObject({ sizeBytes: 17 });
  });
});
