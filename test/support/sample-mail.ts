/** Messages to look at: rows of the lists with the raw text behind them. */
import type { MessageRow, QueueRow } from '../../src-main/api/contract';

export const hexId = (number: number): string => number.toString(16).padStart(24, '0');

const subjects = [
  'Daily report',
  'Scan_0042',
  'Invoice 2026-1187 from Müller & Söhne, payable within thirty days of receipt without deduction',
  'Backup finished',
  'Your ticket was updated',
  '',
];
const senders = [
  'app@line.test',
  'hp-4250@print.test',
  'erp@corp.test',
  'a.rather.long.local.part.for.one.person@subsidiary.of.the.corp.example',
];
const minuteMs = 60_000;

/** Newest first, from `now` back. */
export function makeRow(index: number, now: number): MessageRow {
  const sender = senders[index % senders.length] ?? '';
  return {
    id: hexId(1_000_000 - index),
    receivedAt: now - index * 7 * minuteMs,
    sizeBytes: 900 + ((index * 104_729) % 4_000_000),
    from: index % 2 === 0 ? `Line application <${sender}>` : sender,
    subject: subjects[index % subjects.length] ?? '',
    sender,
    recipients: index % 3 === 0 ? ['ann@corp.test', 'ben@corp.test', 'archive@corp.test'] : ['ann@corp.test'],
    hasAttachments: index % 4 === 1,
  };
}

const causes: readonly NonNullable<MessageRow['cause']>[] = [
  'notification-undeliverable',
  'bad-pickup-file',
  'no-recipients',
  'hop-count-exceeded',
  'general-failure',
  'damaged-queue-file',
];

export function makeBadRow(index: number, now: number): MessageRow {
  return {
    ...makeRow(index, now),
    sender: index % 2 === 0 ? '' : 'app@line.test',
    from: index % 2 === 0 ? 'postmaster@corp.test' : 'app@line.test',
    cause: causes[index % causes.length] ?? 'general-failure',
    reason: '550 5.1.1 <nobody@line.test>: Recipient address rejected: User unknown in virtual mailbox table',
  };
}

function makeQueueRow(index: number, now: number): QueueRow {
  return {
    queueId: hexId(2_000_000 + index),
    arrivedAt: now - (40 - index) * 9 * minuteMs,
    sender: index % 5 === 3 ? '' : (senders[index % senders.length] ?? ''),
    subject: subjects[index % subjects.length] ?? '',
    sizeBytes: 4000 + index * 3711,
    source: index % 2 === 0 ? 'smtp' : 'pickup',
    isActive: index === 2,
    recipients: [
      {
        address: 'orders@supplier.example',
        attempts: index % 4,
        nextAttemptAt: now + (index - 2) * 4 * minuteMs,
        destination: 'smtp.office365.com:587',
        route: 'smart host smtp.office365.com:587',
        ...(index % 4 > 0 && {
          last: {
            at: now - 6 * minuteMs,
            status: { code: 451, enhanced: '4.7.1', text: 'Greylisted, try again in 300 seconds' },
            remote: { name: 'mx1.supplier.example', address: '192.0.2.17', port: 25 },
          },
        }),
      },
      ...(index % 2 === 0
        ? [
            {
              address: 'ann@corp.test',
              attempts: 1,
              nextAttemptAt: now,
              destination: 'Drop',
              route: 'Drop folder',
              outcome: 'dropped' as const,
              last: {
                at: now - 60 * minuteMs,
                status: { code: 250, enhanced: '2.6.0', text: 'Queued mail for delivery' },
              },
            },
          ]
        : []),
    ],
  };
}

const repliesOfHosts = [
  { code: 451, enhanced: '4.7.1', text: 'Greylisted, try again in 300 seconds' },
  { code: 452, enhanced: '4.2.2', text: 'Over quota' },
  { code: 421, enhanced: '4.4.1', text: 'No host of the destination answered' },
  { code: 450, enhanced: '4.7.5', text: 'The certificate has expired' },
  { code: 454, enhanced: '4.7.0', text: 'Too many connections from your address' },
];

/** Waiting mail that spreads over destinations and ages, most of it young and for the first few. */
export function makeSpreadRow(index: number, now: number, destinations: number): QueueRow {
  const at = Math.floor(destinations * (((index * 7919) % 1000) / 1000) ** 2);
  const domain =
    at === 3 ? 'a-very-long-name-of-a-customer-in-the-north.subsidiary.example' : `customer-${at}.example`;
  const row = makeQueueRow(index, now);
  const arrivedAt = now - Math.floor(((index * 104_729) % 997) ** 2.6 * 5);
  const attempts = Math.min(9, Math.floor((now - arrivedAt) / (20 * minuteMs)));
  return {
    ...row,
    arrivedAt,
    isActive: index % 50 === 2,
    recipients: [
      {
        address: `${['orders', 'info', 'a.rather.long.name.of.somebody', 'kim'][index % 4]}@${domain}`,
        attempts,
        nextAttemptAt: now + ((index % 23) - 2) * 2 * minuteMs,
        destination: domain,
        route: `${domain} by MX`,
        ...(index % 31 === 5 && { isHeld: true as const }),
        ...(at === 7 && { held: { host: domain, canTurn: false } }),
        ...(attempts > 0 && {
          last: {
            at: now - 6 * minuteMs,
            status: repliesOfHosts[at % repliesOfHosts.length] ?? {
              code: 450,
              enhanced: '4.0.0',
              text: 'Later',
            },
            remote: { name: `mx1.${domain}`, address: '192.0.2.17', port: 25 },
          },
        }),
      },
    ],
  };
}

/** A message with text, HTML, an inline picture and two attachments, one of them dangerous. */
export function sampleSource(subject: string): string {
  return [
    'Received: from line-app (10.0.4.12) by workstation-7.corp.test with SMTP; Mon, 23 Nov 2026 10:31:07 +0000',
    'From: "Line application" <app@line.test>',
    'To: Ann <ann@corp.test>',
    `Subject: ${subject}`,
    'Date: Mon, 23 Nov 2026 10:31:07 +0000',
    'Message-ID: <20261123103107.1@line.test>',
    'X-Note: =?utf-8?Q?Gr=C3=BC=C3=9Fe_aus_der_Linie?=',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=outer',
    '',
    '--outer',
    'Content-Type: multipart/alternative; boundary=inner',
    '',
    '--inner',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'Daily report for line 4',
    '',
    'Pieces made: 1,204',
    'Rejected: 7 (0.6 %)',
    'Details: http://line.test/reports/4',
    '--inner',
    'Content-Type: text/html; charset=utf-8',
    '',
    '<html><head><style>td{border-bottom:1px solid #ddd;padding:4px 12px}</style></head><body>',
    '<h2>Daily report for line 4</h2><table><tr><td>Pieces made</td><td align=right>1,204</td></tr>',
    '<tr><td>Rejected</td><td align=right>7 (0.6 %)</td></tr></table>',
    '<p>See the <a href="http://line.test/reports/4">details</a>. <img src="cid:dot@line" width=16 height=16>',
    '<img src="http://line.test/pixel.gif"></p></body></html>',
    '--inner--',
    '--outer',
    'Content-Type: image/png; name=dot.png',
    'Content-ID: <dot@line>',
    'Content-Disposition: inline; filename=dot.png',
    'Content-Transfer-Encoding: base64',
    '',
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    '--outer',
    'Content-Type: text/csv; name="pieces.csv"',
    'Content-Disposition: attachment; filename="pieces.csv"',
    '',
    'hour,made,rejected',
    '06,201,1',
    '--outer',
    'Content-Type: application/octet-stream',
    'Content-Disposition: attachment; filename="viewer.pdf.exe"',
    'Content-Transfer-Encoding: base64',
    '',
    'TVqQAAMAAAAEAAAA',
    '--outer--',
    '',
  ].join('\r\n');
}
