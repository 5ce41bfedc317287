/** MD4 (RFC 1320), for NTLM alone: OpenSSL 3 and Electron have it no more. Broken; nothing else may use it. */

const word = new DataView(new ArrayBuffer(4));

/** Bits to turn by, in each of the three rounds. */
const turns = [
  [3, 7, 11, 19],
  [3, 5, 9, 13],
  [3, 9, 11, 15],
] as const;
/** Order of the words in the third round. */
const thirdOrder = [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15] as const;
const added = [0, 0x5a827999, 0x6ed9eba1] as const;

const mix = (round: number, x: number, y: number, z: number): number => {
  if (round === 0) return (x & y) | (~x & z);
  return round === 1 ? (x & y) | (x & z) | (y & z) : x ^ y ^ z;
};

const placeOf = (round: number, step: number): number => {
  if (round === 0) return step;
  return round === 1 ? (step % 4) * 4 + (step >> 2) : (thirdOrder[step] as number);
};

export function md4(message: Uint8Array): Buffer {
  const padded = Buffer.alloc(Math.ceil((message.length + 9) / 64) * 64);
  padded.set(message);
  padded[message.length] = 0x80;
  padded.writeBigUInt64LE(BigInt(message.length) * 8n, padded.length - 8);
  const state: [number, number, number, number] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let at = 0; at < padded.length; at += 64) {
    let [a, b, c, d] = state;
    for (let step = 0; step < 48; step++) {
      const round = Math.floor(step / 16);
      const input = padded.readUInt32LE(at + placeOf(round, step % 16) * 4);
      const sum = (a + mix(round, b, c, d) + input + (added[round] as number)) | 0;
      const bits = turns[round]?.[step % 4] as number;
      [a, d, c, b] = [d, c, b, (sum << bits) | (sum >>> (32 - bits))];
    }
    [a, b, c, d].forEach((value, index) => {
      state[index] = ((state[index] as number) + value) | 0;
    });
  }
  return Buffer.concat(
    state.map((value) => {
      word.setInt32(0, value, true);
      return Buffer.from(word.buffer.slice(0));
    }),
  );
}
