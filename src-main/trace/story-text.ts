/** A story as text that can be sent to somebody. Pure; times are local and name their zone. */
import type { TraceStory } from '../api/contract/trace';
import { describeRemote } from './story';

const signs = { client: '->', server: '<-', note: '--' } as const;
const pad = (value: number, length = 2): string => String(value).padStart(length, '0');

/** "2026-03-26 20:18:06 +01:00" */
function formatLocalTime(at: number): string {
  const date = new Date(at);
  const offset = -date.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(offset) / 60))}:${pad(Math.abs(offset) % 60)}`;
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day} ${clockOf(date)} ${zone}`;
}

const clockOf = (date: Date): string =>
  `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;

const clean = (text: string): string => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, ' ');

export function formatStory(story: TraceStory, { hasDialogues }: { readonly hasDialogues: boolean }): string {
  const { row, steps, recipients } = story;
  const head: (readonly [string, string])[] = [
    ['Message', row.queueId ?? row.id],
    ['Message-ID', row.messageId],
    ['Subject', row.subject],
    ['From', row.sender || '<>'],
    ['Source', row.source],
    ['Size', row.sizeBytes === 0 ? '' : `${row.sizeBytes} bytes`],
    ['About', story.about ?? ''],
    ['Note', story.note ?? ''],
  ];
  const lines = head.flatMap(([name, value]) => (value === '' ? [] : [`${`${name}:`.padEnd(12)}${value}`]));
  lines.push('', 'Recipients');
  for (const { address, outcome } of recipients) lines.push(`  ${address}: ${outcome}`);
  lines.push('', 'What happened');
  for (const step of steps) {
    lines.push(`  ${formatLocalTime(step.at)}  ${step.text}`);
    const isAboutSome = step.recipients.length > 0 && recipients.length > 1;
    if (isAboutSome) lines.push(`      For ${step.recipients.join(', ')}`);
    if (step.rule !== undefined) lines.push(`      By the setting: ${step.rule}`);
    if (step.remote && step.kind !== 'attempt') lines.push(`      Host: ${describeRemote(step.remote)}`);
    if (step.tls && step.kind !== 'deferred')
      lines.push(`      ${step.tls.version}, ${step.tls.cipher}, certificate ${verified(step.tls)}`);
    if (step.reply !== undefined) for (const line of step.reply.split('\n')) lines.push(`      | ${line}`);
    if (step.nextAttemptAt !== undefined)
      lines.push(`      Next attempt: ${formatLocalTime(step.nextAttemptAt)}`);
    if (step.leadsTo !== undefined) lines.push(`      Message ${step.leadsTo}`);
    for (const { at, side, text } of hasDialogues ? step.lines : [])
      lines.push(
        `        ${clockOf(new Date(at))}.${pad(new Date(at).getMilliseconds(), 3)} ${signs[side]} ${text}`,
      );
  }
  return `${lines.map(clean).join('\n')}\n`;
}

const verified = ({
  isVerified,
  fault,
}: {
  readonly isVerified: boolean;
  readonly fault?: string | undefined;
}) => (isVerified ? 'verified' : `not verified${fault === undefined ? '' : `: ${fault}`}`);
