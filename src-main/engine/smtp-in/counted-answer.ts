/**
 * The way of every answer to the client: held back by the tar pit, counted against the limits of a session, and
 * with the end of the session instead of it or behind it where a limit is reached.
 */
import { replies } from './replies';
import type { Answer, Session } from './session';
import { type AnsweredLine, countReply } from './session-limits';
import { decideTarPit } from './tar-pit';

/** A promise when the client has to wait for it. */
export function giveAnswer(
  session: Session,
  status: Answer,
  kind: AnsweredLine['kind'],
): Promise<void> | undefined {
  const { tarPitMs } = session.services.policy();
  const delayMs = decideTarPit({ code: status?.code, account: session.account, tarPitMs });
  if (delayMs === 0) {
    say(session, status, kind);
    return undefined;
  }
  const wasBusy = session.isBusy;
  session.isBusy = true;
  return session.delay(delayMs).then(() => {
    session.isBusy = wasBusy;
    say(session, status, kind);
  });
}

function say(session: Session, status: Answer, kind: AnsweredLine['kind']): void {
  const { wire } = session;
  const { counters, verdict } = countReply(
    session.counters,
    { code: status?.code, kind },
    session.services.policy(),
  );
  session.counters = counters;
  if (verdict === 'too-many-commands' && status?.code !== 221) {
    wire.reply(replies.tooManyCommands);
    return;
  }
  if (status) wire.reply(status);
  if (verdict === 'too-many-errors') wire.reply(replies.tooManyErrors);
}
