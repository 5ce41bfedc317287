/**
 * Finds the end of a message in DATA and takes out the transparency dots (RFC 5321 section 4.5.2).
 *
 * Promises: CRLF "." CRLF, or "." CRLF as the very first bytes, ends a message and nothing else does; a line
 * ends only at CRLF, a bare CR or LF is text. The result does not depend on how the bytes were cut into
 * chunks. Both are what keeps a second message from being smuggled in. Costs one native search a chunk, and
 * one move a removed dot, so that a message of nothing but dots costs no more than its bytes.
 */
import type { ContentReader } from './content-reader';

const CR = 0x0d;
const LF = 0x0a;
const dot = 0x2e;
const lineStartDot = Buffer.from('\r\n.');

/** What stands before the next byte; each value is one state of the grammar above. */
type State = 'line-start' | 'text' | 'cr' | 'dot' | 'dot-cr' | 'ended';

/** One reader for one message. Dots are taken out in place: the chunk must be the caller's to change. */
export function createDotReader(): ContentReader {
  let state: State = 'line-start';
  return {
    push(chunk) {
      let isCrOwed = false;
      /** Message bytes end here after moving; `kept` is where unmoved bytes begin. */
      let to = 0;
      let kept = 0;
      let at = 0;
      /** Keeps what stands before `end` and goes on behind the `gap` bytes that follow. */
      const cut = (end: number, gap: number): void => {
        if (kept !== to) chunk.copyWithin(to, kept, end);
        to += end - kept;
        kept = end + gap;
      };
      while (at < chunk.length && state !== 'ended') {
        if (state === 'text') {
          const found = chunk.indexOf(lineStartDot, at);
          if (found >= 0) {
            at = found + 2;
            state = 'line-start';
          } else {
            state = stateAfter(chunk, at);
            at = chunk.length;
          }
          continue;
        }
        const byte = chunk[at] as number;
        switch (state) {
          case 'line-start':
            if (byte === dot) {
              cut(at, 1);
              state = 'dot';
              at++;
            } else state = 'text';
            break;
          case 'cr':
            state = byte === LF ? 'line-start' : byte === CR ? 'cr' : 'text';
            at++;
            break;
          case 'dot':
            if (byte === CR) {
              cut(at, 1);
              state = 'dot-cr';
              at++;
            } else {
              state = 'text';
              // The dot itself may have been another chunk's; a text search must not see a line start here.
              at++;
            }
            break;
          case 'dot-cr':
            if (byte === LF) {
              cut(at, 1);
              state = 'ended';
              at++;
            } else {
              // The line goes on after all: its CR was text.
              if (at > 0) kept = at - 1;
              else isCrOwed = true;
              state = 'cr';
            }
            break;
        }
      }
      const endAt = state === 'ended' ? at : -1;
      if (state !== 'ended') cut(chunk.length, 0);
      const content = chunk.subarray(0, to);
      return { content: isCrOwed ? Buffer.concat([Buffer.of(CR), content]) : content, endAt };
    },
  };
}

/** The state behind a chunk that was text from `from` on. */
function stateAfter(chunk: Buffer, from: number): State {
  const last = chunk[chunk.length - 1];
  if (last === CR) return 'cr';
  return last === LF && chunk.length - from >= 2 && chunk[chunk.length - 2] === CR ? 'line-start' : 'text';
}
