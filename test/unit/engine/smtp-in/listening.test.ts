import { describe, expect, it } from 'vitest';
import { explainFailure } from '../../../../src-main/engine/smtp-in/listening';

// Port 1 has no listener here: nobody is found to own it.
describe('a port that cannot be opened', () => {
  it.each([
    ['EADDRINUSE', '192.0.2.1', 'port-in-use', 'Port 192.0.2.1:1 is in use by another program.'],
    ['EACCES', '', 'port-forbidden', 'Port 1 may not be opened without administrator rights.'],
    ['EPERM', '::1', 'port-forbidden', 'Port [::1]:1 may not be opened without administrator rights.'],
    ['EADDRNOTAVAIL', '192.0.2.1', 'address-unavailable', 'does not have the address 192.0.2.1'],
    ['EMFILE', '', 'unavailable', 'Port 1 cannot be opened: told to fail'],
  ])('%s on "%s" is %s', async (systemCode, address, code, text) => {
    const cause = Object.assign(new Error('told to fail'), { code: systemCode });
    const problem = await explainFailure({ address, port: 1 }, cause);
    expect(problem.code).toBe(code);
    expect(problem.message).toContain(text);
    expect(problem.cause).toBe(cause);
  });
});
