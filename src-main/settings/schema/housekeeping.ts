/** What is kept of mail and of its ways, and who is told on the desktop. All of it ours; the original kept everything. */
import { z } from 'zod';
import { entry } from './entry';
import { countLimit, ipAddress, port } from './values';

const days = z
  .number('Enter a whole number.')
  .int('Enter a whole number.')
  .min(1, 'At least 1.')
  .max(36_500, 'At most 36500.')
  .nullable();
const keepDays = (folder: string) =>
  entry(days.default(null), {
    title: `Remove from ${folder} after`,
    text: `Messages that have lain in ${folder} for longer are removed for good. Empty: none are.`,
    unit: 'days',
    applies: 'live',
  });
const keepMessages = (folder: string) =>
  entry(countLimit.default(null), {
    title: `Keep in ${folder} at most`,
    text: `Beyond this number the oldest messages in ${folder} are removed for good. Empty: no limit.`,
    unit: 'messages',
    applies: 'live',
  });
const keepMb = (folder: string) =>
  entry(countLimit.default(null), {
    title: `Let ${folder} grow to`,
    text: `Beyond this size the oldest messages in ${folder} are removed for good. Empty: no limit.`,
    unit: 'MB',
    applies: 'live',
  });

const spamCheckers = ['none', 'spamassassin', 'rspamd'] as const;

export const housekeepingSettings = {
  dropKeepDays: keepDays('Drop'),
  dropKeepMessages: keepMessages('Drop'),
  dropKeepMb: keepMb('Drop'),
  badmailKeepDays: keepDays('Badmail'),
  badmailKeepMessages: keepMessages('Badmail'),
  badmailKeepMb: keepMb('Badmail'),
  traceKeepDays: entry(days.default(30), {
    title: 'Keep the trace for',
    text: 'How long it can be found out what became of a message. Empty: as long as there is room.',
    unit: 'days',
    applies: 'live',
  }),
  traceKeepMb: entry(countLimit.default(1024), {
    title: 'Let the trace grow to',
    text: 'Beyond this size the oldest days of the trace are removed. Empty: no limit.',
    unit: 'MB',
    applies: 'live',
  }),
  tracesDialogues: entry(z.boolean().default(true), {
    title: 'Keep SMTP dialogues in the trace',
    text: 'What was said in the sessions that brought a message and in each attempt to deliver it. Passwords are never kept.',
    applies: 'live',
  }),
  frozenDestinations: entry(
    z
      .array(z.string().min(1, 'Enter the name of a destination.').max(300, 'At most 300 characters.'))
      .max(1000, 'At most 1000 destinations.')
      .default([]),
    {
      title: 'Frozen destinations',
      text: 'Mail for these destinations stays in Queue: it is not tried, does not expire, and nobody is told of a delay. Destinations are named as in the queue.',
      applies: 'live',
    },
  ),
  notifiesNewMail: entry(z.boolean().default(false), {
    title: 'Tell of new mail in Drop',
    text: 'A notification on the desktop when mail was dropped.',
    applies: 'live',
  }),
  notifiesBadmail: entry(z.boolean().default(true), {
    title: 'Tell of new mail in Badmail',
    text: 'A notification on the desktop when a message could neither be delivered nor returned.',
    applies: 'live',
  }),
  notifiesStop: entry(z.boolean().default(true), {
    title: 'Tell when the virtual server stops by itself',
    text: 'A notification on the desktop when it failed, or could not be started.',
    applies: 'live',
  }),
  notifiesQueueOver: entry(countLimit.default(null), {
    title: 'Tell when more messages wait than',
    text: 'A notification on the desktop when the queue grows beyond this number. Empty: none.',
    unit: 'messages',
    applies: 'live',
  }),
  spamChecker: entry(z.enum(spamCheckers).default('none'), {
    title: 'Spam checker',
    text: 'Program that scores a message when the inspector asks for it. It has no part in receiving mail.',
    applies: 'live',
  }),
  spamCheckerAddress: entry(ipAddress.default('127.0.0.1'), {
    title: 'Address of the spam checker',
    text: 'IP address of SpamAssassin (spamd) or rspamd (normal worker).',
    applies: 'live',
  }),
  spamCheckerPort: entry(port.default(783), {
    title: 'TCP port of the spam checker',
    text: 'Usually 783 for SpamAssassin and 11333 for rspamd.',
    applies: 'live',
  }),
} as const;
