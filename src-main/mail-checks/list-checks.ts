/** Mail to many: whether readers can leave a list as Gmail, Yahoo and RFC 8058 ask for. */
import type { CheckFinding } from '../api/contract';
import { finding } from './finding';
import { addressesIn, fieldsNamed, type HeaderField } from './header-checks';

const manyRecipients = 25;

function isBulk(fields: readonly HeaderField[]): boolean {
  const precedence = fieldsNamed(fields, 'Precedence')[0]?.raw.trim().toLowerCase() ?? '';
  if (['bulk', 'list', 'junk'].includes(precedence)) return true;
  if (fieldsNamed(fields, 'List-Id').length > 0 || fieldsNamed(fields, 'Feedback-ID').length > 0) return true;
  const recipients = [...fieldsNamed(fields, 'To'), ...fieldsNamed(fields, 'Cc')];
  return recipients.flatMap(({ raw }) => addressesIn(raw)).length >= manyRecipients;
}

export function checkList(fields: readonly HeaderField[]): CheckFinding[] {
  const [unsubscribe] = fieldsNamed(fields, 'List-Unsubscribe');
  const post = fieldsNamed(fields, 'List-Unsubscribe-Post')[0]?.raw.trim() ?? '';
  if (!unsubscribe)
    return isBulk(fields)
      ? [
          finding(
            'warning',
            'list.no-unsubscribe',
            'This goes to many, and has no List-Unsubscribe.',
            'Gmail and Yahoo ask senders of bulk mail for a way to leave with one click. Add List-Unsubscribe with an https address, and List-Unsubscribe-Post.',
          ),
        ]
      : [];
  const targets = [...unsubscribe.raw.slice(0, 20_000).matchAll(/<\s*([^<>]{1,4000}?)\s*>/g)].map(
    (match) => match[1] ?? '',
  );
  const web = targets.filter((target) => /^https?:/i.test(target));
  const findings: CheckFinding[] = [];
  const add = (...given: Parameters<typeof finding>): void => void findings.push(finding(...given));
  if (targets.length === 0)
    add(
      'fault',
      'list.bad-unsubscribe',
      'List-Unsubscribe has no address in angle brackets.',
      'Write it as "<https://lists.example/leave?…>, <mailto:leave@lists.example>" (RFC 2369).',
      [unsubscribe.raw],
    );
  else if (web.some((target) => /^http:/i.test(target)))
    add(
      'warning',
      'list.http-unsubscribe',
      'The address to unsubscribe is not https.',
      'One-click unsubscribe works over https alone (RFC 8058, 3.1).',
      web,
    );
  else if (web.length === 0 && isBulk(fields))
    add(
      'warning',
      'list.no-one-click',
      'Readers can unsubscribe by mail only.',
      'Gmail and Yahoo ask for an https address and "List-Unsubscribe-Post: List-Unsubscribe=One-Click".',
      targets,
    );
  if (post === '' && web.length > 0)
    add(
      isBulk(fields) ? 'warning' : 'hint',
      'list.no-post',
      'One-click unsubscribe is not offered.',
      'Add "List-Unsubscribe-Post: List-Unsubscribe=One-Click", and let the address take a POST without questions.',
    );
  else if (post !== '' && !/^List-Unsubscribe=One-Click$/i.test(post))
    add(
      'fault',
      'list.bad-post',
      'List-Unsubscribe-Post is wrong.',
      'It has one value only: List-Unsubscribe=One-Click (RFC 8058, 3.1).',
      [post],
    );
  else if (post !== '' && !isSigned(fields))
    add(
      'warning',
      'list.not-signed',
      'List-Unsubscribe and List-Unsubscribe-Post are not covered by a DKIM signature.',
      'Without it receivers do not offer one click (RFC 8058, 4). Sign both fields; a message that is signed on its way out gets there later.',
    );
  return findings;
}

function isSigned(fields: readonly HeaderField[]): boolean {
  return fieldsNamed(fields, 'DKIM-Signature').some(({ raw }) => {
    const names = /(?:^|;)\s*h\s*=([^;]*)/i.exec(raw)?.[1]?.toLowerCase().replace(/\s/g, '').split(':') ?? [];
    return names.includes('list-unsubscribe') && names.includes('list-unsubscribe-post');
  });
}
