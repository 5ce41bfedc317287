/** MTA-STS records and policies (RFC 8461 section 3): what they say, and which hosts they name. Pure; all input is hostile. */
import { isDomainName } from '../core/address';
import type { TargetAnswer, TargetPolicy } from '../core/delivery';
import { createStatus } from '../core/smtp-status';

export interface Policy {
  readonly mode: 'enforce' | 'testing' | 'none';
  readonly maxAgeS: number;
  /** Host names, or "*." and a domain, in lower case. */
  readonly mx: readonly string[];
}

/** RFC 8461 section 3.2: "a maximum value of 31557600". */
const longestAgeS = 31_557_600;
const mostPatterns = 200;

/**
 * The id in the TXT records of "_mta-sts.<domain>". Undefined: the domain has no policy; nor has it when there are
 * several records, or one that is not as it should be (section 3.1).
 */
export function parseRecord(records: readonly string[]): string | undefined {
  const [record, ...others] = records.filter((text) => /^v=STSv1[ \t]*;/.test(text));
  if (record === undefined || others.length > 0) return undefined;
  const fields = record.split(';').map((field) => field.trim());
  const id = fields.find((field) => field.startsWith('id='))?.slice(3);
  return id !== undefined && /^[A-Za-z0-9]{1,32}$/.test(id) ? id : undefined;
}

/** What is wrong, for people; or the policy. */
export function parsePolicy(text: string): Policy | { readonly fault: string } {
  const fields = new Map<string, string>();
  const mx: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [, key = '', value = ''] =
      /^([A-Za-z0-9][A-Za-z0-9_.-]{0,31})[ \t]*:[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (key === 'mx') mx.push(value.toLowerCase().replace(/\.$/, ''));
    // Of fields that stand there twice the first counts.
    else if (key !== '' && !fields.has(key)) fields.set(key, value);
  }
  const [mode, maxAge = ''] = [fields.get('mode'), fields.get('max_age')];
  if (fields.get('version') !== 'STSv1') return { fault: 'it is not of version STSv1' };
  if (mode !== 'enforce' && mode !== 'testing' && mode !== 'none') return { fault: 'it has no known mode' };
  if (!/^\d{1,10}$/.test(maxAge)) return { fault: 'it does not say for how long it is good' };
  if (mode !== 'none' && mx.length === 0) return { fault: 'it names no mail host' };
  if (mx.length > mostPatterns) return { fault: 'it names too many mail hosts' };
  if (!mx.every((pattern) => isDomainName(pattern.replace(/^\*\./, ''))))
    return { fault: 'it names a mail host that has no proper name' };
  return { mode, maxAgeS: Math.min(Number(maxAge), longestAgeS), mx };
}

/** Section 4.1: "*." stands for one label. */
export function isNamed(host: string, { mx }: Policy): boolean {
  const name = host.toLowerCase();
  const parent = name.slice(name.indexOf('.') + 1);
  return mx.some((pattern) => (pattern.startsWith('*.') ? pattern.slice(2) === parent : pattern === name));
}

/** The hosts of a domain as its policy lets them be used. */
export function applyPolicy(answer: TargetAnswer, policy: Policy, domain: string): TargetAnswer {
  if (answer.kind === 'none' || policy.mode === 'none') return answer;
  const { mode } = policy;
  const targets = answer.targets.map((target) => {
    const found: TargetPolicy = { mode, domain, isListed: isNamed(target.name, policy) };
    return { ...target, policy: found };
  });
  if (mode === 'testing') return { kind: 'targets', targets };
  const listed = targets.filter((target) => target.policy.isListed);
  if (listed.length > 0) return { kind: 'targets', targets: listed };
  const names = [...new Set(targets.map(({ name }) => name))].slice(0, 3).join(', ');
  return {
    kind: 'none',
    status: createStatus(
      451,
      '4.7.5',
      `The MTA-STS policy of ${domain} names none of the mail hosts that DNS has for it (${names}); somebody may be leading its mail elsewhere`,
    ),
  };
}
