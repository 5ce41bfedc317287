import { describe, expect, it } from 'vitest';
import { parsePickupHeader } from '../../../../src-main/engine/mailroot/pickup-file';

const facts = { defaultDomain: 'default.example' };
const parse = (lines: readonly string[]) => parsePickupHeader(`${lines.join('\r\n')}\r\n\r\n`, facts);
const addressesOf = (result: ReturnType<typeof parse>): string[] =>
  result.kind === 'envelope' ? result.recipients.map(({ address }) => address) : [];

describe('envelope of a Pickup file', () => {
  it('is taken from X-Sender and X-Receiver, as System.Net.Mail writes them', () => {
    const top = ['X-Sender: app@example.com', 'X-Receiver: a@example.net', 'X-Receiver: hidden@example.org'];
    const result = parse([
      ...top,
      'MIME-Version: 1.0',
      'From: "Application" <other@example.com>',
      'To: a@example.net',
      'Date: 23 Nov 2026 10:00:00 +0100',
      'Subject: Order',
      'Content-Type: text/plain; charset=us-ascii',
    ]);
    expect(result).toEqual({
      kind: 'envelope',
      sender: 'app@example.com',
      recipients: [{ address: 'a@example.net' }, { address: 'hidden@example.org' }],
      envelopeBytes: `${top.join('\r\n')}\r\n`.length,
    });
  });

  it('is taken from From, To, Cc and Bcc, as CDO writes them', () => {
    const result = parse([
      'thread-index: AdxyzA==',
      'Thread-Topic: Hello',
      'From: <cdo@example.com>',
      'To: "A" <a@example.net>,',
      '\t"B" <b@example.net>',
      'Cc: <c@example.net>',
      'Bcc: <d@example.net>',
      'Subject: Hello',
      'MIME-Version: 1.0',
    ]);
    expect(result).toMatchObject({ kind: 'envelope', sender: 'cdo@example.com', envelopeBytes: 0 });
    expect(addressesOf(result)).toEqual(['a@example.net', 'b@example.net', 'c@example.net', 'd@example.net']);
  });

  it.each([
    ['any case', ['x-SENDER: a@b.example', 'x-receiver: c@d.example']],
    ['brackets', ['X-Sender: <a@b.example>', 'X-Receiver:<c@d.example>']],
    ['a name', ['X-Sender: "A" <a@b.example>', 'X-Receiver: C <c@d.example>']],
    ['receiver first', ['X-Receiver: c@d.example', 'X-Sender: a@b.example']],
  ])('reads X-Sender and X-Receiver with %s', (_name, lines) => {
    const result = parse([...lines, 'Subject: x']);
    expect(result).toMatchObject({ kind: 'envelope', sender: 'a@b.example' });
    expect(addressesOf(result)).toEqual(['c@d.example']);
  });

  it('comes from the default sender when the file names none', () => {
    const parseWith = (lines: string[]) =>
      parsePickupHeader(`${lines.join('\r\n')}\r\n\r\n`, { ...facts, defaultSender: 'app@corp.test' });
    expect(parseWith(['To: a@b.example'])).toMatchObject({ kind: 'envelope', sender: 'app@corp.test' });
    expect(parseWith(['From:', 'To: a@b.example'])).toMatchObject({ sender: 'app@corp.test' });
    expect(parseWith(['From: c@d.example', 'To: a@b.example'])).toMatchObject({ sender: 'c@d.example' });
    // Those who write this mean it; the queue looks whether it is a notification.
    expect(parseWith(['X-Sender: <>', 'X-Receiver: a@b.example'])).toMatchObject({ sender: '' });
    expect(parse(['To: a@b.example'])).toMatchObject({ kind: 'fault' });
  });

  it('allows the null sender', () => {
    expect(parse(['X-Sender: <>', 'X-Receiver: a@b.example'])).toMatchObject({
      kind: 'envelope',
      sender: '',
    });
  });

  it.each([
    ['success,success,failure,FAILURE,delay', ['success', 'failure', 'delay']],
    ['failure,nonsense', ['failure']],
    ['never', []],
    ['faliure', undefined],
  ])('NOTIFY=%s is %o', (value, notify) => {
    const result = parse(['X-Sender: a@b.example', `X-Receiver: c@d.example NOTIFY=${value}`]);
    expect(result.kind === 'envelope' && result.recipients[0]?.notify).toEqual(notify);
  });

  it.each([
    ['in xtext', 'a+2Bb+3Dc', 'rfc822;c+2Bd@old.example', 'a+b=c', 'rfc822;c+d@old.example'],
    ['plainly', 'a+b=c', 'rfc822;c+d@old.example', 'a+b=c', 'rfc822;c+d@old.example'],
    ['with a hidden line break, which stays hidden', 'a+0D+0Ab', 'rfc822;c', 'a+0D+0Ab', 'rfc822;c'],
  ])('takes ENVID and ORCPT that are written %s', (_how, envid, orcpt, readEnvid, readOrcpt) => {
    const parsed = parse([
      `X-Sender: <a@b.example> ENVID=${envid}`,
      `X-Receiver: <c@d.example> ORCPT=${orcpt}`,
    ]);
    expect(parsed).toMatchObject({ envid: readEnvid, recipients: [{ orcpt: readOrcpt }] });
  });

  it('takes NOTIFY, ORCPT, RET and ENVID from the envelope lines', () => {
    const result = parse([
      'X-Sender: <a@b.example> BODY=7bit RET=HDRS ENVID=x1',
      'X-Receiver: <c@d.example> NOTIFY=FAILURE,DELAY ORCPT=rfc822;c@old.example',
      'X-Receiver: e@f.example NOTIFY=NEVER',
    ]);
    expect(result).toMatchObject({
      ret: 'hdrs',
      envid: 'x1',
      recipients: [
        { address: 'c@d.example', notify: ['failure', 'delay'], orcpt: 'rfc822;c@old.example' },
        { address: 'e@f.example', notify: [] },
      ],
    });
  });

  it('ignores X-Receiver and X-Sender after other headers', () => {
    const result = parse([
      'From: a@b.example',
      'To: c@d.example',
      'X-Receiver: evil@x.example',
      'X-Sender: e@x.example',
    ]);
    expect(result).toMatchObject({ sender: 'a@b.example', envelopeBytes: 0 });
    expect(addressesOf(result)).toEqual(['c@d.example']);
  });

  it('takes the half that the envelope lines leave out from the header', () => {
    expect(parse(['X-Receiver: r@d.example', 'From: f@b.example', 'To: t@d.example'])).toMatchObject({
      sender: 'f@b.example',
      recipients: [{ address: 'r@d.example' }],
    });
    expect(parse(['X-Sender: s@d.example', 'From: f@b.example', 'To: t@d.example'])).toMatchObject({
      sender: 's@d.example',
      recipients: [{ address: 't@d.example' }],
    });
  });

  it('prefers Sender to From, and takes the first of several authors', () => {
    expect(parse(['From: f@b.example', 'Sender: s@b.example', 'To: t@d.example'])).toMatchObject({
      sender: 's@b.example',
    });
    expect(parse(['From: f@b.example, g@b.example', 'To: t@d.example'])).toMatchObject({
      sender: 'f@b.example',
    });
    expect(parse(['Sender:', 'From: f@b.example', 'To: t@d.example'])).toMatchObject({
      sender: 'f@b.example',
    });
  });

  it('completes addresses without a domain', () => {
    const result = parse(['From: root', 'To: bob, <eve>, "x y"']);
    expect(result).toMatchObject({ sender: 'root@default.example' });
    expect(addressesOf(result)).toEqual([
      'bob@default.example',
      'eve@default.example',
      '"x y"@default.example',
    ]);
  });

  it('writes an international domain in ASCII', () => {
    const to = Buffer.from('To: a@müller.example').toString('latin1');
    expect(addressesOf(parse(['From: f@b.example', to]))).toEqual(['a@xn--mller-kva.example']);
  });

  it('names each recipient once, with the case of the local part', () => {
    const result = parse([
      'From: f@b.example',
      'To: A@d.example, a@D.EXAMPLE',
      'Cc: a@d.example',
      'To: A@D.example',
    ]);
    expect(addressesOf(result)).toEqual(['A@d.example', 'a@D.EXAMPLE']);
  });

  it('reads lines that end in LF alone', () => {
    const result = parsePickupHeader('From: a@b.example\nTo: c@d.example,\n e@f.example\n\n', facts);
    expect(addressesOf(result)).toEqual(['c@d.example', 'e@f.example']);
  });
});

describe('faults of a Pickup file', () => {
  it.each([
    ['no sender', ['To: a@b.example'], /names no sender/],
    ['a line that is no header', ['From: a@b.example', 'To: c@d.example', 'Hello Bob'], /Line 3/],
    ['no header at all', ['Hello Bob'], /Line 1/],
    [
      'two X-Sender lines',
      ['X-Sender: a@b.example', 'X-Sender: c@b.example', 'X-Receiver: d@e.example'],
      /more than one/,
    ],
    [
      'two addresses in an X-Receiver line',
      ['X-Sender: a@b.example', 'X-Receiver: a@b.example, c@d.example'],
      /exactly one/,
    ],
    ['an address with spaces', ['From: a@b.example', 'To: bob smith'], /cannot be used: "bob smith"/],
    ['an empty X-Receiver', ['X-Sender: a@b.example', 'X-Receiver: <>'], /cannot be used/],
    ['a local part outside of ASCII', ['From: a@b.example', 'To: j\xfcrgen@b.example'], /cannot be used/],
    ['an open quote', ['From: a@b.example', 'To: "Bob <bob@b.example>'], /cannot be understood/],
    [
      'one bad address among good ones',
      ['From: a@b.example', 'To: good@b.example, bad@@b.example'],
      /bad@@b/,
    ],
  ])('%s', (_name, lines, reason) => {
    const result = parse(lines);
    expect(result).toMatchObject({ kind: 'fault', cause: 'bad-pickup-file', code: 0xc00402ce });
    expect(result.kind === 'fault' && result.reason).toMatch(reason);
  });

  it.each([
    [['From: a@b.example']],
    [['From: a@b.example', 'To: undisclosed-recipients:;']],
    [['X-Sender: a@b.example']],
  ])('no recipients in %j', (lines) => {
    expect(parse(lines)).toMatchObject({ kind: 'fault', cause: 'no-recipients', sender: 'a@b.example' });
  });

  it('UTF-16 is called by its name', () => {
    const result = parsePickupHeader(
      Buffer.from('\ufeffFrom: a@b.example', 'utf16le').toString('latin1'),
      facts,
    );
    expect(result.kind === 'fault' && result.reason).toMatch(/UTF-16/);
  });

  it('too many recipients', () => {
    const many = Array.from({ length: 60_000 }, (_, index) => `u${index}@d.ex`).join(',');
    expect(parse(['From: a@b.example', `To: ${many}`])).toMatchObject({ kind: 'fault' });
  });
});
