/** The envelope in a .BDR file, as IIS 6 and Mailroot write it, for dead mail without a .BDP of ours. Pure. */

const mostRecipients = 50_000;

/** undefined unless it names both. '' is the null reverse-path. */
export function parseForeignEnvelope(
  text: string,
): { readonly sender: string; readonly recipients: readonly { readonly address: string }[] } | undefined {
  const lines = text.slice(0, 4 * 1024 * 1024).split(/\r?\n/);
  const senderLine = lines.find((line) => /^(?:the message sender was|sender:)/i.test(line.trim()));
  const sender = /<([^<>]*)>|([^\s<>:]+@[^\s<>]+?)\.?\s*$/.exec(senderLine ?? '');
  const start = lines.findIndex((line) =>
    /^(?:the message was intended for the following recipients?|recipients:)/i.test(line.trim()),
  );
  if (!sender || start < 0) return undefined;
  const recipients: string[] = [];
  for (const line of lines.slice(start + 1)) {
    const address = /^<?([^\s<>"(),;]+@[^\s<>"(),;]+?)>?[,;.]?$/.exec(line.trim())?.[1];
    if (address !== undefined) recipients.push(address);
    else if (line.trim() !== '') {
      // "Time: ..." ends our own list; "and 12 more" means that it is not whole.
      if (/^and \d+ more$/i.test(line.trim())) return undefined;
      break;
    }
  }
  if (recipients.length === 0 || recipients.length > mostRecipients) return undefined;
  return {
    sender: (sender[1] ?? sender[2] ?? '').trim(),
    recipients: [...new Set(recipients)].map((address) => ({ address })),
  };
}
