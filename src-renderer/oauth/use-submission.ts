/** One change at a time: busy while it runs; what was refused stays until a field is changed. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Fault, keys, readFault } from '../client';

export interface Submission {
  readonly isBusy: boolean;
  readonly fault: Fault | undefined;
  /** Resolves to whether it was done; the list is read again in any case. */
  readonly send: (run: () => Promise<void>) => Promise<boolean>;
  readonly refuse: (field: string, text: string) => void;
  readonly clear: () => void;
}

export function useSubmission(): Submission {
  const queryClient = useQueryClient();
  const [fault, setFault] = useState<Fault>();
  const [isBusy, setIsBusy] = useState(false);
  return {
    isBusy,
    fault,
    send: async (run) => {
      if (isBusy) return false;
      setIsBusy(true);
      setFault(undefined);
      try {
        await run();
        return true;
      } catch (error) {
        setFault(readFault(error));
        return false;
      } finally {
        void queryClient.invalidateQueries({ queryKey: keys.signIns });
        setIsBusy(false);
      }
    },
    refuse: (field, text) => setFault({ code: 'invalid', field, text }),
    clear: () => setFault(undefined),
  };
}
