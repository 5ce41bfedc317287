/**
 * Verifiers of DKIM signatures that other people wrote, each given the message as it came over the wire and the TXT
 * records by their names. A signature is told as "rsa-sha256 example.com pass", whatever the verifier calls it.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dkimVerify } from 'mailauth/lib/dkim/verify';
import { outputOf } from './tool-output';

/** By name in lower case, without the final dot. */
export type TxtRecords = Readonly<Record<string, string>>;

export async function verifyWithMailauth(message: Buffer, records: TxtRecords): Promise<string[]> {
  const resolver = (name: string, type: string): Promise<string[][]> => {
    const record = type === 'TXT' ? records[name.toLowerCase()] : undefined;
    return record === undefined
      ? Promise.reject(Object.assign(new Error('unknown name'), { code: 'ENOTFOUND' }))
      : Promise.resolve([record.match(/.{1,255}/gs) ?? []]);
  };
  const { results } = await dkimVerify(message, { resolver } as never);
  return (results as { algo?: string; signingDomain?: string; status: { result: string } }[])
    .filter(({ signingDomain }) => signingDomain !== undefined && signingDomain !== '')
    .map(({ algo, signingDomain, status }) => `${algo} ${signingDomain} ${status.result}`);
}

/** Debian installs its module for this interpreter, whatever other one stands in the PATH. */
const debianPython = '/usr/bin/python3';

const dkimpyScript = `
import json, sys
import dkim
facts = json.loads(sys.stdin.buffer.readline())
message = sys.stdin.buffer.read()
if isinstance(facts, str):
    import dns.resolver
    resolver = dns.resolver.Resolver(configure=False)
    address, port = facts.split(':')
    resolver.nameservers, resolver.port = [address], int(port)
    def find(name, timeout=5):
        answer = resolver.resolve(name.decode() if isinstance(name, bytes) else name, 'TXT', raise_on_no_answer=False)
        return b''.join(next(iter(answer)).strings) if answer.rrset else None
else:
    records = {name + '.': text.encode() for name, text in facts.items()}
    def find(name, timeout=5):
        return records.get((name.decode() if isinstance(name, bytes) else name).lower())
count = sum(1 for name, _ in dkim.rfc822_parse(message)[0] if name.lower() == b'dkim-signature')
for at in range(count):
    checked = dkim.DKIM(message, minkey=1024)
    try:
        good = checked.verify(idx=at, dnsfunc=find)
    except dkim.DKIMException as fault:
        good = False
        print(fault, file=sys.stderr)
    fields = checked.signature_fields
    print(fields.get(b'a', b'?').decode(), fields.get(b'd', b'?').decode(), 'pass' if good else 'fail')
`;

/**
 * dkimpy, of Debian's package python3-dkim.
 *
 * @param source the records, or the DNS server to ask: "127.0.0.1:5353"
 */
export function verifyWithDkimpy(message: Buffer, source: TxtRecords | string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(debianPython, ['-c', dkimpyScript]);
    let text = '';
    let faults = '';
    child.stdout.on('data', (piece: Buffer) => {
      text += piece.toString();
    });
    child.stderr.on('data', (piece: Buffer) => {
      faults += piece.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== 0) reject(new Error(`dkimpy ended with ${code}: ${faults}`));
      else resolve(text.split('\n').filter((line) => line !== ''));
    });
    child.stdin.on('error', reject);
    child.stdin.write(`${JSON.stringify(source)}\n`);
    child.stdin.end(message);
  });
}

/** OpenDKIM; it tells one result for the message: "pass" when a signature is good. */
export async function verifyWithOpendkim(message: Buffer, records: TxtRecords): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'mailroot-opendkim-'));
  try {
    const data = join(folder, 'records');
    writeFileSync(
      data,
      Object.entries(records)
        .map(([name, text]) => `${name} ${text}\n`)
        .join(''),
    );
    const configuration = join(folder, 'opendkim.conf');
    writeFileSync(
      configuration,
      `Mode v\nTestDNSData file:${data}\nMinimumKeyBits 1024\nUserID root\nSyslog no\nAlwaysAddARHeader yes\nAuthservID judge.test\n`,
    );
    const file = join(folder, 'message');
    writeFileSync(file, message);
    const told = await outputOf('opendkim', ['-x', configuration, '-v', '-v', '-t', file]);
    return /dkim=(\w+)/.exec(told)?.[1] ?? told;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
