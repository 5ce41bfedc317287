/** Delivery status notifications (reference 1.10). */
import { z } from 'zod';
import { entry } from './entry';
import { countLimit, optionalMailbox } from './values';

export const notificationSettings = {
  sendNdrTo: entry(optionalMailbox.default(''), {
    title: 'Send copy of Non-Delivery Report to',
    text: 'Address that gets a copy of each non-delivery report.',
    iis: 'SendNdrTo',
    applies: 'live',
  }),
  postmasterAddress: entry(optionalMailbox.default(''), {
    title: 'Notifications come from',
    text: 'Address in the From line of notifications. Empty: postmaster of the default domain.',
    applies: 'live',
  }),
  returnedContent: entry(z.enum(['headers', 'full']).default('headers'), {
    title: 'What a non-delivery report returns',
    text: 'headers: the header of the message; full: the whole message. Who asks for one of them (RET) gets that.',
    applies: 'live',
  }),
  maxReturnedKb: entry(countLimit.default(1024), {
    title: 'Return messages up to',
    text: 'Of a larger message only the header is returned. Empty: no limit.',
    unit: 'KB',
    iis: 'MaxDSNSize',
    applies: 'live',
  }),
} as const;
