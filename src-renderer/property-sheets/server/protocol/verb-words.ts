/** What each extension and command that can be switched off is for, in a few words. Pure. */
import { type SwitchableVerb, switchableVerbs } from '../../../../src-main/api/contract';

export const verbWords: Record<SwitchableVerb, string> = {
  TURN: 'fetch waiting mail, the old way',
  ATRN: 'fetch waiting mail',
  ETRN: 'have waiting mail sent',
  PIPELINING: 'several commands at once',
  DSN: 'delivery reports on demand',
  ENHANCEDSTATUSCODES: 'reason codes',
  '8BITMIME': 'text beyond ASCII',
  BINARYMIME: 'raw files; needs CHUNKING',
  CHUNKING: 'content in pieces (BDAT)',
  SMTPUTF8: 'addresses beyond ASCII',
  VRFY: 'ask about an address',
  HELP: 'list of the commands',
};

/** The list of what is off after one of them was switched; in the order of the EHLO reply. */
export function withSwitched(off: readonly SwitchableVerb[], verb: SwitchableVerb): SwitchableVerb[] {
  const next = new Set(off);
  if (!next.delete(verb)) next.add(verb);
  return switchableVerbs.filter((each) => next.has(each));
}

/** Why switching this one on would change nothing; undefined: it would. */
export const whyNotOffered = (verb: SwitchableVerb, off: readonly SwitchableVerb[]): string | undefined =>
  verb === 'BINARYMIME' && off.includes('CHUNKING') ? 'Needs CHUNKING.' : undefined;

export const isOffered = (verb: SwitchableVerb, off: readonly SwitchableVerb[]): boolean =>
  !off.includes(verb) && whyNotOffered(verb, off) === undefined;
