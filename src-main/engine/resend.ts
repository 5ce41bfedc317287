/**
 * Sends messages of folders, and opened files, again through the one door, each with its own envelope where the caller
 * does not say otherwise.
 *
 * Promises: few messages at a time, whatever their number; one that cannot be sent is told with its reason and holds up
 *   no other; what is put away afterwards was accepted (durable) before, so a crash in between sends it twice at worst.
 * Trusts: nothing in the files. Fails: with Problem 'unavailable' when the virtual server that was named does not run;
 *   otherwise per message.
 */
import type { ServerSettings } from '../settings/schema';
import { isAscii, isEnvelopeAddress } from './core/address';
import type { ChosenWay, EnvelopeDraft } from './core/envelope';
import type { QueueId } from './core/ids';
import type { MessageIntake } from './core/intake';
import { Problem, reasonOf, systemCodeOf } from './core/problem';
import type { Engine } from './engine';
import { mapAtOnce } from './mailroot/at-once';
import type { BadmailProperties } from './mailroot/badmail-reason';
import { type KnownEnvelope, type Original, openOriginal } from './mailroot/original';
import { longestHeaderBytes } from './mailroot/pickup-file';
import { collectHeader, readPickupText } from './mailroot/pickup-text';
import { parseEnvelope } from './queue/envelope-file';
import { scanHeader } from './queue/header-scan';
import type { VirtualServer } from './virtual-server';

/** Where a message lies that is sent again. */
export interface RestingMessage {
  readonly serverId: number;
  readonly folder: 'drop' | 'badmail' | 'pickup';
  readonly id: string;
}

/** What the caller decides in place of the message's own envelope. */
export interface ResendChoice {
  readonly sender?: string | undefined;
  readonly recipients?: readonly string[] | undefined;
  readonly replaced?: readonly { readonly from: string; readonly to: string }[] | undefined;
  readonly way?: ChosenWay | undefined;
  readonly delayMs: number;
  /** Who sends it again, for the trace. */
  readonly by: string;
}

export interface ResendRequest extends ResendChoice {
  readonly messages: readonly RestingMessage[];
  /** Virtual server that sends; absent: each message's own. */
  readonly serverId?: number | undefined;
  readonly isRemovedAfter: boolean;
}

export interface ResendAnswer {
  readonly accepted: {
    readonly address: RestingMessage;
    readonly serverId: number;
    readonly queueId: QueueId;
  }[];
  readonly refused: { readonly address: RestingMessage; readonly reason: string }[];
}

/** Each may be large, and shares the disk with mail that comes in. */
const messagesAtOnce = 4;
const messagesAPart = 100;
/** "from ..." of the Received line: it counts as a hop, so that what is sent in a circle by hand ends too. */
const receivedFrom = 'from mail resend';
const titles = { drop: 'Drop', badmail: 'Badmail', pickup: 'Pickup' } as const;

export async function resend(engine: Engine, request: ResendRequest): Promise<ResendAnswer> {
  const answer: ResendAnswer = { accepted: [], refused: [] };
  // Named and not running is the whole call's fault, and said once.
  if (request.serverId !== undefined) void engine.server(request.serverId).running;
  // What was accepted is put away part by part: a crash sends no more than one part twice.
  for (let from = 0; from < request.messages.length; from += messagesAPart) {
    const part = request.messages.slice(from, from + messagesAPart);
    const results = await mapAtOnce(
      part,
      async (address) => {
        const serverId = request.serverId ?? address.serverId;
        try {
          return { serverId, queueId: await resendOne(engine, address, engine.server(serverId), request) };
        } catch (error) {
          return whyRefused(error);
        }
      },
      messagesAtOnce,
    );
    const accepted: ResendAnswer['accepted'] = [];
    for (const [index, address] of part.entries()) {
      const result = results[index] as (typeof results)[number];
      if (typeof result === 'string') answer.refused.push({ address, reason: result });
      else accepted.push({ address, ...result });
    }
    answer.accepted.push(...accepted);
    if (request.isRemovedAfter)
      await putAway(engine, accepted, (address, reason) => answer.refused.push({ address, reason }));
  }
  return answer;
}

async function putAway(
  engine: Engine,
  accepted: ResendAnswer['accepted'],
  tell: (address: RestingMessage, reason: string) => void,
): Promise<void> {
  const groups = new Map<string, RestingMessage[]>();
  for (const { address } of accepted) {
    const key = `${address.serverId} ${address.folder}`;
    groups.set(key, [...(groups.get(key) ?? []), address]);
  }
  for (const group of groups.values()) {
    const [{ serverId, folder }] = group as [RestingMessage];
    try {
      await engine.server(serverId).lists[folder].delete(group.map(({ id }) => id));
    } catch (error) {
      for (const address of group)
        tell(address, `It was sent, but stays in its folder: it could not be put away (${reasonOf(error)}).`);
    }
  }
}

async function resendOne(
  engine: Engine,
  address: RestingMessage,
  target: VirtualServer,
  choice: ResendChoice,
): Promise<QueueId> {
  const { intake } = target.running;
  const home = engine.server(address.serverId);
  const files = await home.lists[address.folder].files(address.id);
  if (!files) throw gone();
  const original = await openOriginal(files, {
    settings: home.settings,
    defaultDomain: home.defaultDomain,
    checkEnvelope,
  });
  try {
    const envelope = chooseEnvelope(original, choice, target.defaultDomain);
    const draft: EnvelopeDraft = {
      serverId: target.id,
      ...envelope,
      body: envelope.body ?? ((await original.hasEightBit()) ? '8bitmime' : '7bit'),
      source: { kind: 'resend', of: `${titles[address.folder]} ${address.id}`, by: choice.by },
    };
    const isBccStripped = original.isPickupFile && !home.settings.keepsPickupBcc;
    return await pour({
      intake,
      draft,
      content: original.content(),
      isBccStripped,
      settings: target.settings,
      delayMs: choice.delayMs,
    });
  } finally {
    await original.close();
  }
}

/** Sends a message that was opened from a file. Rejects with a Problem that names the field. */
export async function resendContent(
  target: VirtualServer,
  content: Uint8Array,
  choice: ResendChoice & { readonly sender: string; readonly recipients: readonly string[] },
): Promise<QueueId> {
  const { intake } = target.running;
  if (content.length === 0) throw new Problem('invalid', 'The message is empty.', 'contentBase64');
  const text = () => readPickupText(piecesOf(content), { isDotStuffed: false });
  const envelope = chooseEnvelope({}, choice, target.defaultDomain);
  const draft: EnvelopeDraft = {
    serverId: target.id,
    ...envelope,
    body: content.some((byte) => byte > 127) ? '8bitmime' : '7bit',
    source: { kind: 'resend', of: 'an opened file', by: choice.by },
  };
  const { settings } = target;
  return pour({ intake, draft, content: text(), isBccStripped: true, settings, delayMs: choice.delayMs });
}

async function* piecesOf(content: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  const pieceBytes = 256 * 1024;
  for (let at = 0; at < content.length; at += pieceBytes) yield content.subarray(at, at + pieceBytes);
}

interface Pouring {
  readonly intake: MessageIntake;
  readonly draft: EnvelopeDraft;
  readonly content: AsyncGenerator<Uint8Array, void, undefined>;
  readonly isBccStripped: boolean;
  readonly settings: ServerSettings;
  readonly delayMs: number;
}

async function pour(job: Pouring): Promise<QueueId> {
  const { intake, draft, content, isBccStripped, settings, delayMs } = job;
  const refusal = intake.refusal();
  if (refusal) throw new Problem('refused', refusal.text);
  const { header, rest } = await collectHeader(content, longestHeaderBytes);
  checkHops(header, settings);
  const transaction = intake.open(draft, { receivedFrom, isBccStripped, delayMs });
  try {
    await transaction.write(header);
    if (rest.length > 0) await transaction.write(rest);
    for await (const piece of content) await transaction.write(piece);
    return (await transaction.commit()).queueId;
  } finally {
    await transaction.abort();
    await content.return();
  }
}

/** It would be returned at once, and from Badmail to Badmail. Its hops are not forgotten: a circle has to end. */
function checkHops(header: Uint8Array, { maxHops }: ServerSettings): void {
  const { receivedCount } = scanHeader(header);
  if (receivedCount <= maxHops) return;
  throw new Problem(
    'refused',
    `The message has been through ${receivedCount} servers, and ${maxHops} are allowed: it would come back at once. Find the circle it ran in, then raise "Maximum hop count" to send it.`,
  );
}

/** Pure. Throws Problem 'invalid' for an address that cannot be used, 'refused' where one has to be named. */
export function chooseEnvelope(
  original: Pick<Original, 'envelope' | 'whyUnknown'>,
  choice: Pick<ResendChoice, 'sender' | 'recipients' | 'replaced' | 'way'>,
  defaultDomain: string,
): KnownEnvelope {
  const { envelope } = original;
  const sender = choice.sender ?? envelope?.sender;
  if (sender === undefined || (choice.recipients === undefined && !envelope))
    throw new Problem(
      'refused',
      original.whyUnknown ?? 'Name sender and recipients.',
      sender === undefined ? 'sender' : 'recipients',
    );
  const usable = (address: string, field: string): string => {
    const text = address.trim().replace(/^<(.*)>$/, '$1');
    const full = text.includes('@') && !text.endsWith('"') ? text : `${text}@${defaultDomain}`;
    if (!isEnvelopeAddress(full, { allowsUtf8: true }))
      throw new Problem(
        'invalid',
        `"${address.slice(0, 100)}" is no address that mail can be sent to.`,
        field,
      );
    return full;
  };
  const known = new Map(envelope?.recipients.map((each) => [each.address.toLowerCase(), each]));
  const replaced = new Map(choice.replaced?.map(({ from, to }) => [from.trim().toLowerCase(), to]));
  const { way } = choice;
  // A slip of the pen must not send to the address that was to be replaced.
  const missing = [...replaced.keys()].find((from) => !known.has(from));
  if (missing !== undefined)
    throw new Problem('refused', `${missing.slice(0, 100)} is none of its recipients.`, 'replaced');
  const wanted = (choice.recipients ?? [...known.values()].map(({ address }) => address)).map((address) => {
    const other = replaced.get(address.toLowerCase());
    const asked = known.get(address.trim().toLowerCase());
    return {
      address: usable(other ?? address, other === undefined ? 'recipients' : 'replaced'),
      // What its sender asked for about this recipient goes with it, also to the address in its place.
      ...(asked?.notify === undefined ? {} : { notify: asked.notify }),
      ...(asked?.orcpt === undefined ? {} : { orcpt: asked.orcpt }),
      ...(way === undefined ? {} : { way }),
    };
  });
  const recipients = [...new Map(wanted.map((each) => [each.address.toLowerCase(), each])).values()];
  if (recipients.length === 0) throw new Problem('refused', 'Name at least one recipient.', 'recipients');
  const finalSender = sender.trim() === '' || sender.trim() === '<>' ? '' : usable(sender, 'sender');
  const hasUtf8 = [finalSender, ...recipients.map(({ address }) => address)].some((each) => !isAscii(each));
  return {
    sender: finalSender,
    recipients,
    ...(envelope?.body === undefined ? {} : { body: envelope.body }),
    ...(envelope?.isUtf8 || hasUtf8 ? { isUtf8: true as const } : {}),
    ...(envelope?.ret === undefined ? {} : { ret: envelope.ret }),
    ...(envelope?.envid === undefined ? {} : { envid: envelope.envid }),
  };
}

/** The envelope that a .BDP holds, checked as the queue checks its own files. */
function checkEnvelope({ envelope }: BadmailProperties): KnownEnvelope | undefined {
  if (!envelope) return undefined;
  const parsed = parseEnvelope(Buffer.from(JSON.stringify(envelope)), envelope.queueId);
  if (!parsed.isValid) return undefined;
  const { sender, recipients, body, isUtf8, ret, envid } = parsed.envelope;
  return {
    sender,
    recipients: recipients.map(({ address, notify, orcpt }) => ({
      address,
      ...(notify === undefined ? {} : { notify }),
      ...(orcpt === undefined ? {} : { orcpt }),
    })),
    body,
    ...(isUtf8 === undefined ? {} : { isUtf8 }),
    ...(ret === undefined ? {} : { ret }),
    ...(envid === undefined ? {} : { envid }),
  };
}

const gone = (): Problem => new Problem('not-found', 'This message is no longer there.', 'id');

function whyRefused(error: unknown): string {
  if (error instanceof Problem) return error.message;
  const code = systemCodeOf(error);
  if (code === 'ENOENT') return gone().message;
  return `The message cannot be read (${code ?? reasonOf(error)}).`;
}
