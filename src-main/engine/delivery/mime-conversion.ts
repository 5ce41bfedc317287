/** A message's content as a server can have it that does not take 8-bit or binary content (RFC 6152, RFC 2045). */
import type { ContentSource } from '../core/content';
import { type BodyEncoder, type BodyEncoding, createBodyEncoder } from './mime-encoders';
import {
  type ContentEdit,
  type ConversionFault,
  type ConversionGoal,
  createConversionPlanner,
} from './mime-plan';
import { asBuffer, type ContentTransform, piecesOf, transformContent } from './transformed-content';

export type Conversion =
  | {
      readonly content: ContentSource;
      /** Bodies that were encoded, most frequent first: "quoted-printable". */
      readonly encodings: readonly BodyEncoding[];
      /** A signature over the whole message is in there and does not hold any more. */
      readonly breaksSignature: boolean;
    }
  | { readonly fault: ConversionFault };

/** Reads the content twice, in pieces, however large it is. Rejects as reading does. */
export async function convertContent(content: ContentSource, goal: ConversionGoal): Promise<Conversion> {
  const planner = createConversionPlanner(goal);
  for await (const chunk of piecesOf(content)) planner.push(chunk);
  const plan = planner.end();
  if ('fault' in plan) return plan;
  const { edits, hasSignature } = plan;
  if (edits.length === 0) return { content, encodings: [], breaksSignature: false };
  const encodings = edits.flatMap((edit) => ('encoding' in edit ? [edit.encoding] : []));
  return {
    content: await transformContent(content, () => createEditTransform(edits)),
    encodings: [...new Set(encodings)],
    breaksSignature: hasSignature,
  };
}

/** Carries out a plan. */
export function createEditTransform(edits: readonly ContentEdit[]): ContentTransform {
  let offset = 0;
  let next = 0;
  let encoder: BodyEncoder | undefined;
  const finish = function* (edit: ContentEdit, isAtEnd: boolean): Generator<Uint8Array, void, undefined> {
    if ('text' in edit) yield Buffer.from(edit.text, 'latin1');
    else yield (encoder ?? createBodyEncoder(edit.encoding)).end(isAtEnd);
    encoder = undefined;
    next++;
  };
  return {
    *push(chunk) {
      const bytes = asBuffer(chunk);
      const end = offset + bytes.length;
      let at = offset;
      // An edit that ends with the chunk may be the last thing of the message; it is finished by what follows.
      for (let edit = edits[next]; edit && edit.to < end; edit = edits[next]) {
        if (at < edit.from) yield bytes.subarray(at - offset, edit.from - offset);
        if ('encoding' in edit) {
          encoder ??= createBodyEncoder(edit.encoding);
          yield encoder.push(bytes.subarray(Math.max(at, edit.from) - offset, edit.to - offset));
        }
        at = edit.to;
        yield* finish(edit, false);
      }
      const open = edits[next];
      if (open && open.from < end) {
        if (at < open.from) yield bytes.subarray(at - offset, open.from - offset);
        if ('encoding' in open) {
          encoder ??= createBodyEncoder(open.encoding);
          yield encoder.push(bytes.subarray(Math.max(at, open.from) - offset));
        }
      } else if (at < end) yield bytes.subarray(at - offset);
      offset = end;
    },
    *end() {
      for (let edit = edits[next]; edit; edit = edits[next]) yield* finish(edit, true);
    },
  };
}
