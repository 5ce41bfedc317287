/** Runs a test message and keeps what is told of it. Leaving the dialog ends the run, not the message. */
import { useEffect, useRef, useState } from 'react';
import { type ConsoleClient, type Fault, readFault, useClient } from '../client';
import { emptyRun, type RunState, withEvent } from './run-state';

export type TestQuestion = Parameters<ConsoleClient['test']['run']>[0];

export interface TestRun {
  /** Undefined: nothing was sent yet. */
  readonly state: RunState | undefined;
  readonly fault: Fault | undefined;
  readonly start: (question: TestQuestion) => void;
  /** Back to the form. */
  readonly clear: () => void;
}

export function useTestRun(): TestRun {
  const client = useClient();
  const [state, setState] = useState<RunState>();
  const [fault, setFault] = useState<Fault>();
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const follow = async (question: TestQuestion, signal: AbortSignal): Promise<void> => {
    try {
      const events = await client.test.run(question, { signal });
      for await (const event of events) {
        if (signal.aborted) return;
        setState((before) => withEvent(before ?? emptyRun, event));
      }
    } catch (error) {
      if (signal.aborted) return;
      const told = readFault(error);
      setFault(told);
      // What is wrong with the form is mended in the form; the rest ends what has begun.
      setState((before) =>
        told.field !== undefined || before === undefined || before === emptyRun
          ? undefined
          : { ...before, end: told.text },
      );
    }
  };

  return {
    state,
    fault,
    start(question) {
      running.current?.abort();
      const controller = new AbortController();
      running.current = controller;
      setFault(undefined);
      setState(emptyRun);
      void follow(question, controller.signal);
    },
    clear() {
      running.current?.abort();
      setFault(undefined);
      setState(undefined);
    },
  };
}
