/**
 * The measurement: in each round each relay is started afresh, loaded in every shape and ended, one relay after
 * the other, so that what slows the machine for a while meets both. Never fails for being slow; a relay or a
 * load generator that breaks ends the run with its own words.
 */
import { type LoadShape, sendLoad, startSink } from './load';
import { type Relay, type RelayName, startRelay } from './relays';

/** 'accept': until the last 250. 'relay': until the next hop has the last message. */
export type Measure = 'accept' | 'relay';

export interface Plan {
  readonly relays: readonly RelayName[];
  readonly rounds: number;
  /** How long one figure is measured, roughly. */
  readonly seconds: number;
  readonly smtpSource: string | undefined;
  readonly smtpSink: string | undefined;
  report(progress: string): void;
}

export interface Rate {
  readonly measure: Measure;
  readonly shape: LoadShape;
  /** Messages a second, one figure a round. */
  readonly perSecond: Partial<Record<RelayName, number[]>>;
}

export type Moment = 'at rest' | 'with the mail of a round in the queue' | 'after relaying';

export interface Memory {
  readonly moment: Moment;
  readonly bytes: Partial<Record<RelayName, number[]>>;
}

export interface Results {
  readonly rates: readonly Rate[];
  readonly memory: readonly Memory[];
}

const measures: readonly Measure[] = ['accept', 'relay'];
const moments: readonly Moment[] = ['at rest', 'with the mail of a round in the queue', 'after relaying'];
const shapes: readonly LoadShape[] = [false, true].flatMap((isReused) =>
  [1, 10, 50].map((sessions) => ({ sessions, isReused })),
);

export async function measureAll(plan: Plan): Promise<Results> {
  const rates: Rate[] = measures.flatMap((measure) =>
    shapes.map((shape) => ({ measure, shape, perSecond: {} })),
  );
  const memory: Memory[] = moments.map((moment) => ({ moment, bytes: {} }));
  for (let round = 1; round <= plan.rounds; round++) {
    for (const measure of measures) {
      // Whoever comes second finds a warmer or a busier disk: they take turns.
      const order = round % 2 === 1 ? plan.relays : plan.relays.toReversed();
      for (const name of order) {
        plan.report(`round ${round} of ${plan.rounds}: ${name}, ${measure}`);
        const wanted = rates.filter((rate) => rate.measure === measure);
        await measureRelay({ plan, name, measure, rates: wanted, memory });
      }
    }
  }
  return { rates, memory };
}

interface Run {
  readonly plan: Plan;
  readonly name: RelayName;
  readonly measure: Measure;
  readonly rates: readonly Rate[];
  readonly memory: readonly Memory[];
}

async function measureRelay({ plan, name, measure, rates, memory }: Run): Promise<void> {
  const sink = measure === 'relay' ? await startSink(plan.smtpSink) : undefined;
  let relay: Relay | undefined;
  try {
    const started = await startRelay(name, sink?.port ?? 'stays');
    relay = started;
    const send = async (shape: LoadShape, count: number): Promise<number> => {
      const before = sink?.count() ?? 0;
      const startedAt = performance.now();
      const sendingMs = await sendLoad(shape, { port: started.port, count, smtpSource: plan.smtpSource });
      if (!sink) return sendingMs;
      await sink.reached(before + count);
      return performance.now() - startedAt;
    };
    keep(memory, 'at rest', name, started.memoryBytes());
    // Relays run for months: caches and compiled code are warm before anything counts.
    await send({ sessions: 10, isReused: true }, 3000);
    await send({ sessions: 10, isReused: false }, 1500);
    let mostBytes = 0;
    for (const { shape, perSecond } of rates) {
      const probe = 100;
      const count = messagesFor((probe * 1000) / (await send(shape, probe)), plan.seconds);
      const elapsedMs = await send(shape, count);
      append(perSecond, name, (count * 1000) / elapsedMs);
      mostBytes = Math.max(mostBytes, started.memoryBytes());
    }
    keep(
      memory,
      measure === 'relay' ? 'after relaying' : 'with the mail of a round in the queue',
      name,
      mostBytes,
    );
  } finally {
    await relay?.stop();
    await sink?.stop();
  }
}

function messagesFor(perSecond: number, seconds: number): number {
  return Math.round(Math.min(20_000, Math.max(50, perSecond * seconds)));
}

/** 0 is no figure: the system cannot tell. */
function keep(memory: readonly Memory[], moment: Moment, name: RelayName, bytes: number): void {
  const entry = memory.find((candidate) => candidate.moment === moment);
  if (entry && bytes > 0) append(entry.bytes, name, bytes);
}

function append(figures: Partial<Record<RelayName, number[]>>, name: RelayName, figure: number): void {
  figures[name] = [...(figures[name] ?? []), figure];
}
