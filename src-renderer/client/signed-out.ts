/**
 * Whether the engine still knows who sits at this browser. Every call tells: a session may end while the page is
 * open (twelve idle hours, another role or password, Mailroot started again). It may come back as well, by a
 * sign-in in another tab; the subscription to changes, which is tried again and again, notices that.
 */
import { ORPCError } from '@orpc/client';
import { create } from 'zustand';

export const useSignedOut = create<{ readonly isSignedOut: boolean }>(() => ({ isSignedOut: false }));

const watchPath = 'system.watch';

/** Around each call; changes nothing about it. */
export async function noteSignedOut<T>({
  path,
  next,
}: {
  readonly path: readonly string[];
  readonly next: () => Promise<T>;
}): Promise<T> {
  try {
    const answer = await next();
    // Other calls may have been answered before the session ended, and arrive after that was told.
    if (path.join('.') === watchPath) useSignedOut.setState({ isSignedOut: false });
    return answer;
  } catch (error) {
    if (error instanceof ORPCError && error.code === 'not-signed-in')
      useSignedOut.setState({ isSignedOut: true });
    throw error;
  }
}

/** Where the service's sign-in page is. */
export const signInAddress = '/sign-in';

/** Ends the session of this browser and leaves for the sign-in page. Rejects when the service does not answer. */
export async function signOut(): Promise<void> {
  const answer = await fetch('/sign-out', {
    method: 'POST',
    headers: { 'x-mailroot-console': '1' },
    credentials: 'same-origin',
  });
  if (!answer.ok) throw new Error(`Signing out was answered with ${answer.status}.`);
  location.assign(signInAddress);
}
