import { describe, expect, it } from 'vitest';
import { formatStatus, isTemporary } from '../../../../src-main/engine/core/smtp-status';
import {
  describeRemote,
  type HostFailure,
  moreTelling,
  readFailure,
  statusOfFailure,
} from '../../../../src-main/engine/delivery/failure';

const remote = { name: 'mx.test', address: '192.0.2.1', port: 25 };
const errorWith = (fields: object): Error => Object.assign(new Error('words of the library'), fields);

describe('readFailure', () => {
  it.each([
    [{ code: 'ECONNREFUSED' }, 'connection refused'],
    [{ code: 'ESOCKET', originalCode: 'ECONNRESET' }, 'connection reset by the remote server'],
    [{ code: 'ETIMEDOUT', timeoutType: 'GREETING_TIMEOUT' }, 'no greeting in time'],
    [{ code: 'ETIMEDOUT' }, 'connection timed out'],
    [{ code: 'EHOSTUNREACH' }, 'host unreachable'],
    [{ code: 'EPROTOCOL', response: '554 5.7.1 go away', responseCode: 554 }, '554 go away'],
    [{ code: 'ESTRANGE' }, 'words of the library'],
  ])('%j: %s', (fields, reason) => {
    expect(readFailure(errorWith(fields), 'connect').reason).toBe(reason);
  });
});

describe('statusOfFailure', () => {
  const reply = { code: 421, enhanced: '4.3.2', text: 'bye' };
  it.each<[HostFailure, string]>([
    [{ kind: 'connect', reason: 'connection refused' }, '451 4.4.1 mx.test [192.0.2.1]: connection refused'],
    [
      { kind: 'connect', reason: '554 go', reply: { ...reply, code: 554 } },
      '451 4.4.1 mx.test [192.0.2.1]: 554 go',
    ],
    [{ kind: 'tls', reason: 'bad' }, '451 4.4.1 mx.test [192.0.2.1]: bad'],
    [{ kind: 'session', reason: '421 bye', reply }, '421 4.3.2 mx.test [192.0.2.1]: bye'],
    [{ kind: 'session', reason: 'lost' }, '451 4.4.2 mx.test [192.0.2.1]: lost'],
    [{ kind: 'local', reason: '/queue/x: EIO' }, '451 4.3.0 The message could not be read from the queue'],
    [
      { kind: 'aborted', reason: '' },
      '451 4.3.2 The attempt was interrupted because this server is stopping',
    ],
  ])('%j is temporary', (failure, expected) => {
    const status = statusOfFailure(failure, remote);
    expect(isTemporary(status)).toBe(true);
    expect(formatStatus(status)).toBe(expected);
  });
});

it('a reply tells more than silence, else the later failure', () => {
  type Attempt = { readonly failure: HostFailure };
  const reply = { code: 450, enhanced: '4.0.0', text: 'x' };
  const said: Attempt = { failure: { kind: 'connect', reason: '450 x', reply } };
  const silent: Attempt = { failure: { kind: 'connect', reason: 'refused' } };
  const later: Attempt = { failure: { kind: 'connect', reason: 'timed out' } };
  expect(moreTelling(undefined, silent)).toBe(silent);
  expect(moreTelling(silent, said)).toBe(said);
  expect(moreTelling(said, silent)).toBe(said);
  expect(moreTelling(silent, later)).toBe(later);
});

it('names hosts as people know them', () => {
  expect(describeRemote(remote)).toBe('mx.test [192.0.2.1]');
  expect(describeRemote({ name: '[192.0.2.1]', address: '192.0.2.1' })).toBe('[192.0.2.1]');
});
