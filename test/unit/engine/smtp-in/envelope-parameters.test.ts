import { describe, expect, it } from 'vitest';
import {
  parseMailParameters,
  parseRecipientParameters,
} from '../../../../src-main/engine/smtp-in/envelope-parameters';
import { replies } from '../../../../src-main/engine/smtp-in/replies';

const refused = (status: unknown) => ({ isValid: false, status });
const value = (facts: unknown) => ({ isValid: true, value: facts });

describe('parameters of MAIL', () => {
  it.each([
    ['', { body: '7bit' }],
    ['   ', { body: '7bit' }],
    [' SIZE=0', { body: '7bit', sizeBytes: 0 }],
    [' size=99999999999999999999', { body: '7bit', sizeBytes: 1e20 }],
    [' BODY=8bitMIME', { body: '8bitmime' }],
    [' BODY=7BIT', { body: '7bit' }],
    [' BODY=binaryMIME', { body: 'binarymime' }],
    [' SMTPUTF8 BODY=8BITMIME', { body: '8bitmime', isUtf8: true }],
    [' RET=FULL ENVID=a+2Bb+3D', { body: '7bit', ret: 'full', envid: 'a+b=' }],
    ['\tRET=hdrs  SIZE=1 ', { body: '7bit', ret: 'hdrs', sizeBytes: 1 }],
  ])('"%s" is read', (rest, facts) => {
    expect(parseMailParameters(rest)).toEqual(value(facts));
  });

  it.each([
    [' FOO', replies.unknownParameter],
    [' AUTH=<>', replies.unknownParameter],
    [' SMTPUTF8=1', replies.invalidArguments],
    [' BODY=BINARY', replies.invalidArguments],
    [' REQUIRETLS', replies.unknownParameter],
    [' NOTIFY=NEVER', replies.unknownParameter],
    [' constructor=1', replies.unknownParameter],
    [' SIZE', replies.invalidArguments],
    [' SIZE=', replies.invalidArguments],
    [' SIZE=1e3', replies.invalidArguments],
    [' SIZE=123456789012345678901', replies.invalidArguments],
    [' BODY', replies.invalidArguments],
    [' RET=', replies.invalidArguments],
    [' ENVID=', replies.invalidArguments],
    [' ENVID=a+2', replies.invalidArguments],
    [' ENVID=a+2b', replies.invalidArguments],
    [' ENVID=a=b', replies.invalidArguments],
    [' ENVID=a+0D+0AX', replies.invalidArguments],
    [' ENVID=a+FFb', replies.invalidArguments],
    [` ENVID=${'a'.repeat(101)}`, replies.invalidArguments],
    [' SIZE=1 SIZE=1', replies.invalidArguments],
    [' SIZE=1 size=1', replies.invalidArguments],
    [' =1', replies.invalidArguments],
    [' A_B=1', replies.invalidArguments],
    [' ENVID=\u00fc', replies.invalidArguments],
  ])('"%s" is refused', (rest, status) => {
    expect(parseMailParameters(rest)).toEqual(refused(status));
  });
});

describe('an extension that is switched off', () => {
  const without =
    (...off: readonly string[]) =>
    (verb: string): boolean =>
      !off.includes(verb);

  it.each([
    [' RET=FULL', 'DSN'],
    [' ENVID=a', 'DSN'],
    [' SMTPUTF8', 'SMTPUTF8'],
    [' BODY=8BITMIME', '8BITMIME'],
    [' BODY=BINARYMIME', 'BINARYMIME'],
  ])('takes%s of MAIL with it (%s)', (rest, off) => {
    expect(parseMailParameters(rest, { isOn: without(off) })).toEqual(refused(replies.unknownParameter));
    expect(parseMailParameters(rest)).toMatchObject({ isValid: true });
  });

  it('takes BODY with it when it was the last that knows it', () => {
    const isOn = without('8BITMIME', 'BINARYMIME');
    expect(parseMailParameters(' BODY=7BIT', { isOn })).toEqual(refused(replies.unknownParameter));
    expect(parseMailParameters(' BODY=7BIT', { isOn: without('8BITMIME') })).toMatchObject({ isValid: true });
  });

  it.each([' NOTIFY=NEVER', ' ORCPT=rfc822;a@b.test'])('takes%s of RCPT with it (DSN)', (rest) => {
    expect(parseRecipientParameters(rest, { isOn: without('DSN') })).toEqual(
      refused(replies.unknownParameter),
    );
  });
});

describe('ORCPT in UTF-8', () => {
  const octets = (text: string): string => Buffer.from(text).toString('latin1');

  it.each([
    [' ORCPT=utf-8;\u00fc=+\\@b.test', { orcpt: 'utf-8;\\x{FC}\\x{3D}\\x{2B}\\x{5C}@b.test' }],
    [' ORCPT=UTF-8;\\x{FC}@b.test', { orcpt: 'UTF-8;\\x{FC}@b.test' }],
  ])('"%s" becomes ASCII', (rest, facts) => {
    expect(parseRecipientParameters(octets(rest), { isUtf8: true })).toEqual(value(facts));
  });

  it.each([
    [' ORCPT=rfc822;\u00fc@b.test', true],
    [' ORCPT=utf-8;\u00fc@b.test', false],
    [' ORCPT=utf-8;a\u2028b@b.test', true],
  ])('"%s" is refused (SMTPUTF8: %s)', (rest, isUtf8) => {
    expect(parseRecipientParameters(octets(rest), { isUtf8 })).toEqual(refused(replies.invalidArguments));
  });
});

describe('AUTH of MAIL, where clients may log in', () => {
  it.each([' AUTH=<>', ' auth=ann', ' AUTH=ann+40corp.test SIZE=1'])('"%s" is read and dropped', (rest) => {
    expect(parseMailParameters(rest, { knowsAuth: true })).toMatchObject({
      isValid: true,
      value: expect.not.objectContaining({ auth: expect.anything() }),
    });
  });

  it.each([' AUTH', ' AUTH=', ' AUTH=a=b', ' AUTH=<a>+', ' AUTH=+0D+0A', ' AUTH=<> AUTH=<>'])(
    '"%s" is refused',
    (rest) => {
      expect(parseMailParameters(rest, { knowsAuth: true })).toEqual(refused(replies.invalidArguments));
    },
  );
});

describe('parameters of RCPT', () => {
  it.each([
    ['', {}],
    [' NOTIFY=NEVER', { notify: [] }],
    [' notify=success,DELAY,success', { notify: ['success', 'delay'] }],
    [' ORCPT=rfc822;Bob+2B1@x.test', { orcpt: 'rfc822;Bob+1@x.test' }],
    [' ORCPT=X400;/c=us', undefined],
    [' ORCPT=x400;/c+3Dus NOTIFY=FAILURE', { orcpt: 'x400;/c=us', notify: ['failure'] }],
  ])('"%s"', (rest, facts) => {
    expect(parseRecipientParameters(rest)).toEqual(
      facts === undefined ? refused(replies.invalidArguments) : value(facts),
    );
  });

  it.each([
    [' SIZE=1', replies.unknownParameter],
    [' NOTIFY', replies.invalidArguments],
    [' NOTIFY=', replies.invalidArguments],
    [' NOTIFY=NEVER,NEVER', replies.invalidArguments],
    [' NOTIFY=NEVER,FAILURE', replies.invalidArguments],
    [' NOTIFY=FAILURE,', replies.invalidArguments],
    [' ORCPT=', replies.invalidArguments],
    [' ORCPT=;a', replies.invalidArguments],
    [' ORCPT=rfc822;', replies.invalidArguments],
    [' ORCPT=rfc822;a+0Ab', replies.invalidArguments],
    [` ORCPT=rfc822;${'a'.repeat(500)}`, replies.invalidArguments],
  ])('"%s" is refused', (rest, status) => {
    expect(parseRecipientParameters(rest)).toEqual(refused(status));
  });
});
