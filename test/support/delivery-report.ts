/**
 * A strict reader of delivery reports (RFC 6522, RFC 3464, RFC 6533) that shares nothing with the code that writes
 * them: whatever is not exactly as the grammar has it throws, with the line.
 *
 *   const report = readReport(dropped);            // x-sender and x-receiver lines on top are passed over
 *   report.subject; report.message['reporting-mta']; report.recipients[0].action; report.returned.type;
 */

export interface DeliveryReport {
  /** Header fields of the whole, unfolded; names in lower case. */
  readonly header: Readonly<Record<string, string>>;
  readonly subject: string;
  /** The text for people, decoded. */
  readonly text: string;
  readonly reportType: 'message/delivery-status' | 'message/global-delivery-status';
  /** Fields about the message, unfolded; names in lower case. */
  readonly message: Readonly<Record<string, string>>;
  /** One group of fields a recipient. */
  readonly recipients: readonly Readonly<Record<string, string>>[];
  readonly returned: { readonly type: string; readonly content: string };
}

const messageFields = ['original-envelope-id', 'reporting-mta', 'received-from-mta', 'arrival-date'];
const recipientFields = [
  'original-recipient',
  'final-recipient',
  'action',
  'status',
  'remote-mta',
  'diagnostic-code',
  'last-attempt-date',
  'final-log-id',
  'will-retry-until',
];
const actions = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'];
const dates = new Set(['arrival-date', 'last-attempt-date', 'will-retry-until']);

export const isReport = (mail: string): boolean => mail.includes('report-type=delivery-status');

/** @param mail one character a byte (latin1), as it lies in Drop or as a peer got it */
export function readReport(mail: string): DeliveryReport {
  check(!/[^\r]\n|\r[^\n]/.test(mail), 'a bare CR or LF', mail);
  const lines = mail.split('\r\n');
  while (/^x-(?:sender|receiver):/i.test(lines[0] ?? '')) lines.shift();
  for (const line of lines) check(line.length <= 998, 'a line of more than 998', line);
  const { fields: header, body } = readPart(lines);
  check(header['mime-version'] === '1.0', 'no MIME-Version', '');
  check(header['auto-submitted'] === 'auto-replied', 'no Auto-Submitted', header['auto-submitted']);
  check(header.precedence === undefined, 'a Precedence', header.precedence);
  check(/^<[^<>@\s]+@[^<>@\s]+>$/.test(header['message-id'] ?? ''), 'no Message-ID', header['message-id']);
  checkDate(header.date);
  const type = header['content-type'] ?? '';
  const found = /^multipart\/report; report-type=delivery-status; boundary="([A-Za-z0-9_=]{1,70})"$/.exec(
    type,
  );
  check(found, 'no multipart/report', type);
  const parts = splitParts(body, found?.[1] ?? '');
  check(parts.length === 3, `${parts.length} parts in place of three`, '');
  const [people, report, returned] = parts.map(readPart) as [Part, Part, Part];
  const eightBit = [people, report, returned].some(
    (part) => part.fields['content-transfer-encoding'] === '8bit',
  );
  check(
    eightBit === (header['content-transfer-encoding'] === '8bit'),
    'an encoding of the whole that is not that of its parts',
    header['content-transfer-encoding'],
  );
  check(/^text\/plain; charset=(?:us-ascii|utf-8)$/.test(people.fields['content-type'] ?? ''), 'no text', '');
  const text = decode(people);
  for (const line of text.split('\r\n')) check(line.length <= 900, 'a line of text too long', line);
  const reportType = report.fields['content-type'] as DeliveryReport['reportType'];
  check(
    ['message/delivery-status', 'message/global-delivery-status'].includes(reportType),
    'no delivery-status',
    reportType,
  );
  const status = decode(report);
  const isAscii = /^[\t\r\n -~]*$/.test(status);
  check(isAscii === (reportType === 'message/delivery-status'), 'the wrong type for its letters', reportType);
  return {
    header,
    subject: header.subject ?? '',
    text,
    reportType,
    ...readGroups(status),
    returned: { type: returned.fields['content-type'] ?? '', content: decode(returned) },
  };
}

function readGroups(status: string): Pick<DeliveryReport, 'message' | 'recipients'> {
  check(status.endsWith('\r\n') && !status.endsWith('\r\n\r\n'), 'an end that is no single CRLF', status);
  const groups = status.slice(0, -2).split('\r\n\r\n');
  const [message = {}, ...recipients] = groups.map((group) => readFields(group.split('\r\n')));
  for (const name of Object.keys(message)) check(messageFields.includes(name), 'an unknown field', name);
  check(/^dns; \S+$/.test(message['reporting-mta'] ?? ''), 'no Reporting-MTA', message['reporting-mta']);
  check(recipients.length > 0, 'no recipient', status);
  for (const fields of recipients) {
    for (const name of Object.keys(fields)) check(recipientFields.includes(name), 'an unknown field', name);
    const { action = '', status: code = '' } = fields;
    check(/^(?:rfc822|utf-8); \S+@\S+$/.test(fields['final-recipient'] ?? ''), 'no Final-Recipient', '');
    check(actions.includes(action), 'no Action', action);
    check(/^[245]\.\d{1,3}\.\d{1,3}$/.test(code), 'no Status', code);
    check(action !== 'delayed' || code.startsWith('4'), 'a delay that is none', code);
    check(
      action === 'delayed' || action === 'failed' || code.startsWith('2'),
      'a success that is none',
      code,
    );
    check(action !== 'failed' || !code.startsWith('2'), 'a failure that is none', code);
    const diagnostic = fields['diagnostic-code'];
    check(
      diagnostic === undefined || /^(?:smtp|X-Mailroot); \S/.test(diagnostic),
      'a Diagnostic-Code',
      diagnostic,
    );
    check(
      fields['original-recipient'] === undefined || /^[a-z0-9-]+; \S/i.test(fields['original-recipient']),
      'an Original-Recipient',
      fields['original-recipient'],
    );
    check(fields['remote-mta'] === undefined || /^dns; \S+$/.test(fields['remote-mta']), 'a Remote-MTA', '');
    check(
      fields['will-retry-until'] === undefined || action === 'delayed',
      'a retry of what is over',
      action,
    );
  }
  for (const fields of [message, ...recipients])
    for (const [name, value] of Object.entries(fields)) if (dates.has(name)) checkDate(value);
  return { message, recipients };
}

interface Part {
  readonly fields: Readonly<Record<string, string>>;
  readonly body: readonly string[];
}

function readPart(lines: readonly string[]): Part {
  const end = lines.indexOf('');
  check(end > 0, 'no end of the header', lines[0]);
  return { fields: readFields(lines.slice(0, end)), body: lines.slice(end + 1) };
}

function readFields(lines: readonly string[]): Record<string, string> {
  const unfolded: string[] = [];
  for (const line of lines) {
    check(line.trim() !== '', 'a line of white space alone', line);
    if (/^[ \t]/.test(line)) unfolded[unfolded.length - 1] += ` ${line.trim()}`;
    else unfolded.push(line);
  }
  const fields: Record<string, string> = {};
  for (const line of unfolded) {
    const match = /^([!-9;-~]+): (.*)$/.exec(line);
    check(match, 'no field', line);
    const name = (match?.[1] ?? '').toLowerCase();
    check(!Object.hasOwn(fields, name), 'a field twice', name);
    fields[name] = match?.[2] ?? '';
  }
  return fields;
}

function splitParts(body: readonly string[], boundary: string): string[][] {
  const parts: string[][] = [];
  let isOver = false;
  let current: string[] | undefined;
  for (const line of body) {
    if (line === `--${boundary}` || line === `--${boundary}--`) {
      check(!isOver, 'a part behind the last', line);
      if (current) parts.push(current);
      isOver = line.endsWith('--');
      current = isOver ? undefined : [];
    } else if (current) current.push(line);
    else if (isOver) check(line === '', 'something behind the last part', line);
  }
  check(isOver, 'no end', '');
  // The CRLF before a boundary belongs to it.
  return parts;
}

/** Content of a part in characters; what ends before the boundary's CRLF. */
function decode({ fields, body }: Part): string {
  const encoding = fields['content-transfer-encoding'] ?? '7bit';
  const raw = body.join('\r\n');
  if (encoding === '7bit') {
    check(/^[\t\r\n -~]*$/.test(raw), '7bit that is not', raw);
    return raw;
  }
  if (encoding === '8bit') return Buffer.from(raw, 'latin1').toString('utf8');
  check(encoding === 'quoted-printable', 'an unknown encoding', encoding);
  for (const line of body) {
    check(line.length <= 76, 'a quoted-printable line too long', line);
    check(!/[ \t]$/.test(line), 'white space at the end of a quoted-printable line', line);
    check(!/=(?![0-9A-F]{2}|$)/.test(line), 'a wrong quoted-printable "="', line);
  }
  const bytes = raw
    .replaceAll('=\r\n', '')
    .replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function checkDate(value: string | undefined): void {
  check(
    /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}$/.test(
      value ?? '',
    ),
    'no date',
    value,
  );
}

function check(isRight: unknown, what: string, where: string | undefined): void {
  if (!isRight) throw new Error(`The report has ${what}: ${JSON.stringify((where ?? '').slice(0, 300))}`);
}
