/** One change at a time: busy while it runs; what was refused stays until the next try. */
import { useState } from 'react';
import { type Fault, readFault } from '../client';

export interface Action {
  readonly isBusy: boolean;
  readonly fault: Fault | undefined;
  /** Resolves to what went wrong, if something did. */
  readonly run: (change: () => Promise<unknown>) => Promise<Fault | undefined>;
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
        setIsBusy(false);
      }
    },
  };
}
