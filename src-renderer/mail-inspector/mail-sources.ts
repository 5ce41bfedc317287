/** Where messages come from: the folders of a mailroot, and files that a person opened. */
import type { MessageAddress, MessageRow } from '../../src-main/api/contract';
import type { ConsoleClient } from '../client';
import type { MailSource } from './mail-reader';

export interface FolderSource extends MailSource {
  /** What the folder says about it; there once something was read. */
  readonly row: MessageRow | undefined;
}

/** The first piece is small: most messages are, and a long one shows its progress at once. */
const firstPieceBytes = 256 * 1024;
const pieceBytes = 4 * 1024 * 1024;

export function folderSource(client: ConsoleClient, address: MessageAddress): FolderSource {
  let row: MessageRow | undefined;
  return {
    get row() {
      return row;
    },
    async readPiece(offset, signal) {
      const limit = offset === 0 ? firstPieceBytes : pieceBytes;
      const read = await client.messages.content({ ...address, offset, limit }, { signal });
      row = read.row;
      return { piece: read.pieceBase64, totalBytes: read.contentBytes };
    },
  };
}

/** A file that a person opened or dropped. */
export function blobSource(blob: Blob): MailSource {
  return {
    async readPiece(offset) {
      const piece = new Uint8Array(await blob.slice(offset, offset + pieceBytes).arrayBuffer());
      return { piece, totalBytes: blob.size };
    },
  };
}
