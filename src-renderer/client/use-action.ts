/** One change at a time: busy while it runs; what was refused stays until the next try, or until it is forgotten. */
import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Fault, readFault } from './faults';

export interface Action {
  readonly isBusy: boolean;
  readonly fault: Fault | undefined;
  /** Resolves to what went wrong, if something did. While another one runs nothing is done. */
  readonly run: (change: () => Promise<unknown>) => Promise<Fault | undefined>;
  /** Puts a fault that was found here. */
  readonly refuse: (field: string, text: string) => void;
  /** A field was changed: what was said of it is no longer true. */
  readonly forget: () => void;
}

const busy: Fault = { code: 'conflict', text: 'Something else is being done. Try again when it is.' };

/** `stale` is read again in any case. */
export function useAction(stale?: QueryKey): Action {
  const queryClient = useQueryClient();
  const [isBusy, setIsBusy] = useState(false);
  const [fault, setFault] = useState<Fault>();
  return {
    isBusy,
    fault,
    refuse: (field, text) => setFault({ code: 'invalid', field, text }),
    forget: () => setFault(undefined),
    run: async (change) => {
      if (isBusy) return busy;
      setIsBusy(true);
      setFault(undefined);
      try {
        await change();
        return undefined;
      } catch (error) {
        const found = readFault(error);
        setFault(found);
        return found;
      } finally {
        if (stale !== undefined) void queryClient.invalidateQueries({ queryKey: stale });
        setIsBusy(false);
      }
    },
  };
}
