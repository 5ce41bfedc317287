/**
 * The draft with everything that is known to be wrong or worth a warning. A reason shows only once its field
 * was left; what the engine said counts for the very value it was asked about and no longer.
 */
import { useState } from 'react';
import { useClient } from '../../client';
import {
  bindingOf,
  type DraftFaults,
  type DraftField,
  draftFieldOf,
  findDraftFaults,
  type ServerDraft,
} from './draft';

interface Verdict {
  readonly value: string;
  readonly reason: string;
  readonly isFault: boolean;
}

export interface FieldState {
  readonly value: string;
  readonly fault: string | undefined;
  readonly warning: string | undefined;
  readonly set: (value: string) => void;
  /** To be called when the field is left. */
  readonly leave: () => void;
}

export interface CheckedDraft {
  readonly draft: ServerDraft;
  readonly isTouched: boolean;
  readonly field: (name: DraftField) => FieldState;
  /** Nothing is known to be wrong with these fields, shown or not. */
  readonly areRight: (fields: readonly DraftField[]) => boolean;
  /** Asks the engine about these fields; resolves to whether all are right, and shows what is not. */
  readonly check: (fields: readonly DraftField[]) => Promise<boolean>;
  /** Shows a refusal of the engine at its field. */
  readonly refuse: (field: DraftField, reason: string) => void;
}

export function useCheckedDraft(initial: ServerDraft): CheckedDraft {
  const client = useClient();
  const [entered, setEntered] = useState<Partial<ServerDraft>>({});
  const [left, setLeft] = useState<ReadonlySet<DraftField>>(new Set());
  const [verdicts, setVerdicts] = useState<ReadonlyMap<DraftField, Verdict>>(new Map());
  const draft: ServerDraft = { ...initial, ...entered };
  const localFaults: DraftFaults = findDraftFaults(draft);

  const verdictOn = (name: DraftField): Verdict | undefined => {
    const verdict = verdicts.get(name);
    return verdict?.value === keyOf(draft, name) ? verdict : undefined;
  };
  const faultOf = (name: DraftField): string | undefined => {
    const verdict = verdictOn(name);
    return localFaults[name] ?? (verdict?.isFault === true ? verdict.reason : undefined);
  };
  const showLeft = (fields: readonly DraftField[]): void =>
    setLeft((before) => new Set([...before, ...fields]));

  const check = async (fields: readonly DraftField[]): Promise<boolean> => {
    showLeft(fields);
    if (fields.some((name) => localFaults[name] !== undefined)) return false;
    const has = (name: DraftField): boolean => fields.includes(name);
    const answer = await client.servers
      .check({
        ...(has('name') ? { name: draft.name.trim() } : {}),
        ...(has('port') || has('address') ? { bindings: [bindingOf(draft)] } : {}),
        ...(has('homeDirectory') ? { homeDirectory: draft.homeDirectory.trim() } : {}),
        ...(has('defaultDomain') ? { defaultDomain: draft.defaultDomain.trim() } : {}),
      })
      // Out of reach: the banner tells; creating will be refused anyway if something is wrong.
      .catch(() => ({ faults: [], warnings: [] }));
    const found = new Map<DraftField, Verdict>();
    const note = (path: string, reason: string, isFault: boolean): void => {
      const name = draftFieldOf(path);
      if (name !== undefined) found.set(name, { value: keyOf(draft, name), reason, isFault });
    };
    for (const { field, reason } of answer.warnings) note(field, reason, false);
    for (const { field, reason } of answer.faults) note(field, reason, true);
    setVerdicts((before) => new Map([...before, ...found]));
    return !fields.some((name) => found.get(name)?.isFault);
  };

  return {
    draft,
    isTouched: Object.keys(entered).length > 0,
    areRight: (fields) => fields.every((name) => faultOf(name) === undefined),
    check,
    refuse: (name, reason) => {
      showLeft([name]);
      setVerdicts((before) =>
        new Map(before).set(name, { value: keyOf(draft, name), reason, isFault: true }),
      );
    },
    field: (name) => {
      const verdict = verdictOn(name);
      const isShown = left.has(name);
      return {
        value: draft[name],
        fault: isShown ? faultOf(name) : undefined,
        warning: isShown && verdict?.isFault === false ? verdict.reason : undefined,
        set: (value) => setEntered((before) => ({ ...before, [name]: value })),
        leave: () => {
          // An empty field that was only passed through is not yet a mistake.
          if (draft[name] !== '') void check([name]);
        },
      };
    },
  };
}

/** A pair is judged as a pair. */
const keyOf = (draft: ServerDraft, name: DraftField): string =>
  name === 'port' || name === 'address' ? `${draft.address}|${draft.port}` : draft[name];
