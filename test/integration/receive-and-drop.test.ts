/** Real clients over SMTP into Drop. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith, toolPath } from '../support/packages';
import { type RunningService, startService, waitFor } from '../support/service';

const run = promisify(execFile);

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.remove());

describeWith(['swaks'], 'swaks', () => {
  it('a message for the default domain is dropped with its envelope on top', async () => {
    const { stdout } = await run(toolPath('swaks') as string, [
      ...[
        '--server',
        `127.0.0.1:${service.port}`,
        '--from',
        'app@line.test',
        '--to',
        'ann@corp.test,ben@corp.test',
      ],
      ...['--header', 'Subject: Daily report', '--body', 'Line one\n.dot first\n'],
    ]);
    expect(stdout).toMatch(/<- {2}250 2\.6\.0 <[^>]+> Queued mail for delivery/);
    const text = await waitFor('the message in Drop', () =>
      service.dropped().find((mail) => mail.includes('Daily report')),
    );
    expect(text.split('\r\n').slice(0, 3)).toEqual([
      'x-sender: app@line.test',
      'x-receiver: ann@corp.test',
      'x-receiver: ben@corp.test',
    ]);
    expect(text).toContain('\r\n.dot first\r\n');
    expect(text).toMatch(/\r\nReceived: from \S+ \(\[127\.0\.0\.1\]\)\s+by relay\.corp\.test with Mailroot/);
    const { rows } = await service.client.messages.list({ serverId: 1, folder: 'drop' });
    expect(rows[0]).toMatchObject({
      subject: 'Daily report',
      sender: 'app@line.test',
      recipients: ['ann@corp.test', 'ben@corp.test'],
    });
  });

  it('relaying is refused by default', async () => {
    const refused = run(toolPath('swaks') as string, [
      '--server',
      `127.0.0.1:${service.port}`,
      '--from',
      'app@line.test',
      '--to',
      'x@elsewhere.test',
    ]);
    await expect(refused).rejects.toMatchObject({
      stdout: expect.stringContaining('550 5.7.1 Unable to relay for x@elsewhere.test'),
    });
  });
});

describeWith(['python3'], 'Python smtplib', () => {
  const script = `
import smtplib, sys
from email.message import EmailMessage
m = EmailMessage()
m['From'] = 'Zoë <zoe@line.test>'; m['To'] = 'ann@corp.test'; m['Subject'] = 'Grüße'
m.set_content('Grüße aus Python\\n')
m.add_attachment(b'\\x00\\x01\\x02' * 5000, maintype='application', subtype='octet-stream', filename='scan.bin')
with smtplib.SMTP('127.0.0.1', int(sys.argv[1])) as s:
    s.set_debuglevel(0)
    print(s.send_message(m, to_addrs=['ann@corp.test', 'hidden@corp.test']))
    try:
        s.sendmail('a@line.test', ['ann@corp.test'], 'Subject: big\\r\\n\\r\\n' + 'x' * 3000000)
    except smtplib.SMTPSenderRefused as e: print('refused', e.smtp_code, e.smtp_error)
    except smtplib.SMTPDataError as e: print('refused', e.smtp_code, e.smtp_error)
    print(s.sendmail('a@line.test', ['ann@corp.test'], 'Subject: after\\r\\n\\r\\nstill here'))
`;

  it('a message with an attachment arrives whole, a message over the limit is refused, the session goes on', async () => {
    const { stdout } = await run(toolPath('python3') as string, ['-c', script, String(service.port)]);
    const lines = stdout.trim().split('\n');
    expect(lines[0]).toBe('{}');
    expect(lines[1]).toContain("refused 552 b'5.3.4");
    expect(lines[2]).toBe('{}');
    const text = await waitFor('the attachment in Drop', () =>
      service.dropped().find((mail) => mail.includes('scan.bin')),
    );
    expect(text).toContain('x-receiver: hidden@corp.test');
    expect(text.match(/AAEC/g)?.length).toBeGreaterThan(1000);
    await waitFor('the last message', () => service.dropped().some((mail) => mail.includes('still here')));
  });
});

describe('the queue', () => {
  it('is empty when everything was dropped', async () => {
    await waitFor(
      'an empty queue',
      async () => (await service.client.queue.list({ serverId: 1 })).total === 0,
    );
    expect(service.files('Queue').filter((name) => !name.startsWith('.'))).toEqual([]);
  });
});
