/** One change at a time: busy while it runs, what was refused stays until the next try. */
import { useState } from 'react';
import { type Fault, readFault } from '../client';

export interface Action {
  readonly isBusy: boolean;
  readonly fault: Fault | undefined;
  /** Resolves to whether it was done. */
  readonly run: (change: () => Promise<unknown>) => Promise<boolean>;
  readonly forget: () => void;
}

export function useAction(): Action {
  const [isBusy, setIsBusy] = useState(false);
  const [fault, setFault] = useState<Fault>();
  return {
    isBusy,
    fault,
    forget: () => setFault(undefined),
    run: async (change) => {
      if (isBusy) return false;
      setIsBusy(true);
      setFault(undefined);
      try {
        await change();
        return true;
      } catch (error) {
        setFault(readFault(error));
        return false;
      } finally {
        setIsBusy(false);
      }
    },
  };
}
