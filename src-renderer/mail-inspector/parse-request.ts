/** One message to decode and parse, and the answer: the same in a worker and in the page. */
import { decodeBase64, type ParsedMail, parseMail } from './parsed-mail';

export interface ParseRequest {
  readonly id: number;
  readonly contentBase64: string;
}

export type ParseAnswer = {
  readonly id: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
} & ({ readonly mail: ParsedMail } | { readonly problem: string });

/** Also used by the page itself where no worker can be started. */
export async function answerParseRequest({ id, contentBase64 }: ParseRequest): Promise<ParseAnswer> {
  const bytes = decodeBase64(contentBase64);
  try {
    return { id, bytes, mail: await parseMail(bytes) };
  } catch (error) {
    return { id, bytes, problem: error instanceof Error ? error.message : String(error) };
  }
}
