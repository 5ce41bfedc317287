import { expect, it } from 'vitest';
import type { Binding } from '../../../../src-main/api/contract';
import { bindingsOnPort25 } from '../../../../src-renderer/app/move-to-port-25';

const on = (address: string, port: number, encryption: Binding['encryption'] = 'starttls'): Binding => ({
  address,
  port,
  encryption,
  certificate: '',
  minimumTls: '',
});

it('keeps each address once, on port 25, and leaves implicit TLS where it is', () => {
  expect(
    bindingsOnPort25([on('', 2525), on('', 25), on('::1', 2526, 'none'), on('', 465, 'implicit')]),
  ).toEqual([on('', 25), on('::1', 25, 'none'), on('', 465, 'implicit')]);
});
