import { ORPCError } from '@orpc/client';
import { beforeEach, describe, expect, it } from 'vitest';
import { noteSignedOut, useSignedOut } from '../../../../src-renderer/client/signed-out';

const call = (path: string, answer: unknown): Promise<unknown> =>
  noteSignedOut({
    path: path.split('.'),
    next: async () => {
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
const notSignedIn = new ORPCError('not-signed-in', { status: 401, message: 'You are not signed in.' });
const isSignedOut = (): boolean => useSignedOut.getState().isSignedOut;

describe('the end of a session', () => {
  beforeEach(() => useSignedOut.setState({ isSignedOut: false }));

  it('is told by any call, which still fails', async () => {
    await expect(call('servers.start', notSignedIn)).rejects.toBe(notSignedIn);
    expect(isSignedOut()).toBe(true);
  });

  it('is not a refusal, nor an engine out of reach', async () => {
    for (const error of [new ORPCError('forbidden', { status: 403 }), new TypeError('Failed to fetch')])
      await expect(call('servers.start', error)).rejects.toBe(error);
    expect(isSignedOut()).toBe(false);
  });

  it('is over when changes can be followed again, and not by an answer that was late', async () => {
    await call('system.watch', notSignedIn).catch(() => undefined);
    expect(await call('servers.list', [])).toEqual([]);
    expect(isSignedOut()).toBe(true);
    await call('system.watch', {});
    expect(isSignedOut()).toBe(false);
  });
});
