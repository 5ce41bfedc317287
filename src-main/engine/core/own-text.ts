const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * A copy of its own of a text that was cut from a longer one. Node keeps the whole of what a piece was cut from for as
 * long as the piece is kept, so a peer could have us keep a line of 64 KB for the sake of one word. Pure.
 */
export const ownText = (text: string): string => decoder.decode(encoder.encode(text));
