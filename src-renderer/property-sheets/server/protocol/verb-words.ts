/** What each extension and command that can be switched off is for, in a few words. Pure. */
import { type SwitchableVerb, switchableVerbs } from '../../../../src-main/api/contract';

export const verbWords: Record<SwitchableVerb, string> = {
  TURN: 'fetch waiting mail, after a log-in',
  ATRN: 'fetch waiting mail, after a log-in',
  ETRN: 'ask that waiting mail is sent',
  PIPELINING: 'several commands at once',
  DSN: 'delivery reports on demand',
  ENHANCEDSTATUSCODES: 'replies with a reason code',
  '8BITMIME': 'text beyond ASCII',
  BINARYMIME: 'files without encoding; needs CHUNKING',
  CHUNKING: 'content in pieces, by BDAT',
  SMTPUTF8: 'addresses beyond ASCII',
  VRFY: 'ask whether an address exists',
  HELP: 'list of the commands',
};

/** The list of what is off after one of them was switched; in the order of the EHLO reply. */
export function withSwitched(off: readonly SwitchableVerb[], verb: SwitchableVerb): SwitchableVerb[] {
  const next = new Set(off);
  if (!next.delete(verb)) next.add(verb);
  return switchableVerbs.filter((each) => next.has(each));
}
