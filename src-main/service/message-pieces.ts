/** The content of a message, piece by piece. */
import type { MessageAddress, MessageRow } from '../api/contract';
import type { CommandContext } from './command';

type Client = Awaited<ReturnType<CommandContext['connect']>>;

export interface PieceOfMessage {
  readonly row: MessageRow;
  readonly bytes: Uint8Array;
  /** Of the whole. */
  readonly contentBytes: number;
}

/** From the beginning to the end, or to where the message ends now. The first piece is always there. */
export async function* readPieces(client: Client, address: MessageAddress): AsyncGenerator<PieceOfMessage> {
  for (let offset = 0; ; ) {
    const { row, contentBytes, pieceBase64 } = await client.messages.content({ ...address, offset });
    const bytes = Buffer.from(pieceBase64, 'base64');
    if (bytes.length > 0 || offset === 0) yield { row, bytes, contentBytes };
    offset += bytes.length;
    if (bytes.length === 0 || offset >= contentBytes) return;
  }
}

/** The beginning of a message. */
export async function readBeginning(
  client: Client,
  address: MessageAddress,
  maxBytes: number,
): Promise<PieceOfMessage & { readonly isCut: boolean }> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  let last: PieceOfMessage | undefined;
  for await (const piece of readPieces(client, address)) {
    last = piece;
    pieces.push(piece.bytes.subarray(0, maxBytes - length));
    length += piece.bytes.length;
    if (length >= maxBytes) break;
  }
  const { row, contentBytes } = last as PieceOfMessage;
  const bytes = Buffer.concat(pieces);
  return { row, contentBytes, bytes, isCut: bytes.length < contentBytes };
}
