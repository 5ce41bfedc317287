/** What the directory would make of the addresses of a message, explained (LDAP routing). */
import { reasonOf } from './core/problem';
import type { Examination } from './directory/examine';
import type { ExplanationStep } from './explanation';

export interface DirectoryExplained {
  readonly steps: ExplanationStep[];
  /** Where the mail goes in place of the recipient; the same where the directory leaves it alone. */
  readonly recipient: string;
  /** Set: it does not go on to one address. */
  readonly outcome?: string;
}

const mostNamed = 5;

export async function explainDirectory(
  recipient: string,
  facts: {
    readonly sender: string;
    readonly examine: (address: string) => Promise<Examination>;
  },
): Promise<DirectoryExplained> {
  const { sender, examine } = facts;
  const base = {
    decision: 'directory',
    rule: 'LDAP routing is enabled: recipients and senders are looked up.',
    control: { setting: 'usesLdapRouting' },
  } as const;
  let found: Examination;
  try {
    found = await examine(recipient);
  } catch (error) {
    const reason = reasonOf(error);
    const text = `The directory cannot be asked: ${reason}`;
    return {
      steps: [{ ...base, verdict: 'refuse', text }],
      recipient,
      outcome: `Accepted, but it waits in Queue: ${reason}`,
    };
  }
  const control = {
    setting: found.reply?.startsWith('550 5.1.1') ? 'ldapRefusesUnknown' : 'usesLdapRouting',
  };
  const step = { ...base, control, rule: `${found.server} was asked, below ${found.base}.` };
  switch (found.result) {
    case 'refused':
      return {
        steps: [{ ...step, verdict: 'refuse', text: found.text }],
        recipient,
        outcome:
          sender === ''
            ? `Accepted, and then put into Badmail, as there is no sender to tell: ${found.text}`
            : `Accepted, and then returned to the sender: ${found.text}`,
      };
    case 'expanded': {
      const named = found.addresses.slice(0, mostNamed).join(', ');
      const others = found.addressCount - Math.min(mostNamed, found.addresses.length);
      const rest = others > 0 ? ` and ${others} more` : '';
      return {
        steps: [{ ...step, verdict: 'pass', text: `${found.text} They are ${named}${rest}.` }],
        recipient,
        outcome: `Accepted, and sent to ${found.addressCount} recipients in its place. Each is routed by itself.`,
      };
    }
    default:
      return {
        steps: [{ ...step, verdict: 'pass', text: found.text }],
        recipient: found.addresses[0] ?? recipient,
      };
  }
}
