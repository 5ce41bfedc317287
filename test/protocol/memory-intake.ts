/** A queue door that keeps what it takes in memory, and fails when a test says so. Counts what was left open. */
import type { EnvelopeDraft } from '../../src-main/engine/core/envelope';
import { createQueueIdGenerator } from '../../src-main/engine/core/ids';
import type { IntakeOptions, MessageIntake } from '../../src-main/engine/core/intake';
import type { SmtpStatus } from '../../src-main/engine/core/smtp-status';

interface TakenMessage {
  readonly draft: EnvelopeDraft;
  readonly options: IntakeOptions;
  /** As latin1, so that tests can compare bytes. */
  readonly content: string;
}

export interface MemoryIntake extends MessageIntake {
  readonly accepted: TakenMessage[];
  /** Transactions that were neither committed nor aborted yet. */
  readonly openCount: () => number;
  readonly abortedCount: () => number;
  refusalStatus: SmtpStatus | undefined;
  commitFailure: Error | undefined;
  writeFailure: Error | undefined;
  /** Commits wait for this; a test that resolves it decides when a message is safe. */
  commitGate: Promise<void>;
  /** Writes wait for this when it is set. */
  writeGate: Promise<void> | undefined;
}

export function createMemoryIntake(): MemoryIntake {
  const nextId = createQueueIdGenerator(Date.now, 1);
  let open = 0;
  let aborted = 0;
  const intake: MemoryIntake = {
    accepted: [],
    openCount: () => open,
    abortedCount: () => aborted,
    refusalStatus: undefined,
    commitFailure: undefined,
    writeFailure: undefined,
    commitGate: Promise.resolve(),
    writeGate: undefined,
    refusal: () => intake.refusalStatus,
    open(draft, options) {
      const queueId = nextId();
      const chunks: Uint8Array[] = [];
      let isOpen = true;
      open++;
      const end = (): void => {
        if (isOpen) open--;
        isOpen = false;
      };
      return {
        queueId,
        write(chunk) {
          chunks.push(Uint8Array.from(chunk));
          if (intake.writeFailure) return Promise.reject(intake.writeFailure);
          return intake.writeGate;
        },
        async commit() {
          await intake.commitGate;
          end();
          if (intake.commitFailure) throw intake.commitFailure;
          const content = Buffer.concat(chunks).toString('latin1');
          intake.accepted.push({ draft, options, content });
          return { queueId, messageId: `<${queueId}@mail.local.test>`, sizeBytes: content.length };
        },
        async abort() {
          if (isOpen) aborted++;
          end();
        },
      };
    },
  };
  return intake;
}
