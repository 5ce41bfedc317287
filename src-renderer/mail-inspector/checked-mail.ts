/** A message that is to be checked: one of a folder by its place, an opened one by its bytes. */
import type { MessageAddress } from '../../src-main/api/contract';

export type CheckedMail =
  | { readonly address: MessageAddress }
  | {
      /** Tells messages apart. */
      readonly key: string;
      readonly sizeBytes: number;
      readonly readBytes: () => Promise<Uint8Array>;
    };

/** The engine takes no more. */
const mostCheckedBytes = 32 * 1024 * 1024;

type CheckInput = { address: MessageAddress } | { contentBase64: string };

export const checkKey = (message: CheckedMail): readonly unknown[] =>
  'address' in message
    ? [message.address.serverId, message.address.folder, message.address.id]
    : ['opened', message.key];

export const isTooLarge = (message: CheckedMail): boolean =>
  'sizeBytes' in message && message.sizeBytes > mostCheckedBytes;

/** Characters of a call at a time: `fromCharCode` takes its bytes as arguments. */
const stepBytes = 0x6000;

export function toBase64(bytes: Uint8Array): string {
  // A multiple of three: the pieces can be put together.
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += stepBytes)
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(at, at + stepBytes))));
  return pieces.join('');
}

/** As the engine takes it. */
export async function checkInput(message: CheckedMail): Promise<CheckInput> {
  if ('address' in message) return { address: message.address };
  return { contentBase64: toBase64(await message.readBytes()) };
}
