/**
 * A steady rate: so many messages a minute, evenly, with a small burst where the rate is high. Decides when the next
 * one may start; in no minute are there more than the limit.
 */

const minuteMs = 60_000;

export class Pace {
  /** When the next one would start if there were no burst. */
  #freeAt = 0;
  #perMinute: number | undefined;

  /** When the next message may start; 0: now, as far as is known. A changed limit applies to what was started before. */
  nextAt(perMinute: number | null, now: number): number {
    this.#adapt(perMinute, now);
    if (perMinute === null) return 0;
    const { burst, spacingMs } = spread(perMinute);
    const at = this.#freeAt - burst * spacingMs;
    return at > now ? at : 0;
  }

  /** One message starts. */
  take(perMinute: number | null, now: number): void {
    this.#adapt(perMinute, now);
    if (perMinute !== null) this.#freeAt = Math.max(now, this.#freeAt) + spread(perMinute).spacingMs;
  }

  get restsAt(): number {
    return this.#freeAt;
  }

  /** Nothing is remembered that would make anybody wait. */
  isAtRest(now: number): boolean {
    return this.#freeAt <= now;
  }

  #adapt(perMinute: number | null, now: number): void {
    const before = this.#perMinute;
    this.#perMinute = perMinute ?? undefined;
    if (before === this.#perMinute || this.#freeAt <= now) return;
    // What is still to be paid for is so many messages, at the new price.
    const owed = before === undefined ? 0 : (this.#freeAt - now) / spread(before).spacingMs;
    this.#freeAt = perMinute === null ? 0 : now + owed * spread(perMinute).spacingMs;
  }
}

/** One second's worth may go at once, for timers that are late; the rest of the minute pays for it. */
function spread(perMinute: number): { readonly burst: number; readonly spacingMs: number } {
  const burst = Math.floor(perMinute / 60);
  return { burst, spacingMs: minuteMs / (perMinute - burst) };
}
