/** Puts calls that change something into the record of changes, in the one place that every call passes. */
import type { ChangeRecord } from '../changes';
import { type CallFacts, changeSubjects, type Fields } from './change-subjects';
import type { Role } from './contract';
import type { Caller } from './implementer';

export interface RecordedCall {
  readonly caller: Caller;
  /** "servers.set" */
  readonly path: string;
  /** Role that the procedure needs. */
  readonly role: Role;
  /** As it came, not validated yet. */
  readonly input: unknown;
}

/** Runs a call; what it changed is in the record when this settles. */
export type CallRecorder = <T extends { readonly output: unknown }>(
  call: RecordedCall,
  run: () => Promise<T>,
) => Promise<T>;

export interface NameSource {
  /** '' when there is none. */
  serverName(id: number): string;
  certificateName(id: string): string;
  signInName(id: string): string;
}

export function createCallRecorder(record: Pick<ChangeRecord, 'during'>, names: NameSource): CallRecorder {
  return (call, run) => {
    const { caller, path } = call;
    // One that is not in the table is rather recorded without words than not at all.
    const wording = changeSubjects[path] ?? (call.role === 'viewer' ? 'nothing' : { subject: () => '' });
    if (wording === 'nothing') return run();
    const input = fieldsOf(call.input);
    const facts: Omit<CallFacts, 'output'> = {
      input,
      server: typeof input.serverId === 'number' ? names.serverName(input.serverId) : '',
      certificate: typeof input.id === 'string' ? names.certificateName(input.id) : '',
      signIn: typeof input.id === 'string' ? names.signInName(input.id) : '',
    };
    return record.during(
      { who: caller.name, via: caller.via, action: path },
      run,
      ({ result, hasChanges }) => {
        const output = fieldsOf(result?.output);
        if (wording.only === 'settings' && !hasChanges) return undefined;
        if (wording.only === 'count' && !(Number(output.count) > 0)) return undefined;
        return wording.subject({ ...facts, output });
      },
    );
  };
}

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};
