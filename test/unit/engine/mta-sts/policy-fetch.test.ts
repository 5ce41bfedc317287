/** Fetching a policy from a real HTTPS server on loopback. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import tls, { type SecureContextOptions } from 'node:tls';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { systemClock } from '../../../../src-main/engine/core/clock';
import { createPolicyFetch } from '../../../../src-main/engine/mta-sts/policy-fetch';
import { createManualClock } from '../../../protocol/manual-clock';
import { createAuthority, createCertificate, type TestAuthority } from '../../../support/certificate';

const text = 'version: STSv1\nmode: enforce\nmx: *.far.test\nmax_age: 86400\n';
let trusted: TestAuthority;
beforeAll(async () => {
  trusted = await createAuthority('Company CA');
  Object.assign(tls, { getCACertificates: () => [trusted.certificatePem] });
});

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

const credentials = async (names = { dns: ['mta-sts.far.test'] }): Promise<SecureContextOptions> => {
  const { keyPem, certificatePem } = await trusted.issue(names);
  return { key: keyPem, cert: certificatePem };
};

async function serve(
  context: SecureContextOptions,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(context, (request, response) => {
    asked.push(`${request.method} ${request.headers.host}${request.url}`);
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  endings.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return { port: (server.address() as AddressInfo).port, asked };
}

const plainly = (_request: IncomingMessage, response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
};
const findAddresses = () => Promise.resolve(['127.0.0.1']);
const never = new AbortController().signal;

it('asks the host of the policy for its text', async () => {
  const { port, asked } = await serve(await credentials(), plainly);
  const fetchPolicy = createPolicyFetch({ findAddresses, clock: systemClock, port });
  expect(await fetchPolicy('far.test', never)).toEqual({ text });
  expect(asked).toEqual(['GET mta-sts.far.test/.well-known/mta-sts.txt']);
});

it.each<[claim: string, answer: (request: IncomingMessage, response: ServerResponse) => void, fault: RegExp]>(
  [
    [
      'a redirect',
      (_, response) => response.writeHead(301, { location: 'https://mta-sts.far.test/other' }).end(),
      /HTTP status 301/,
    ],
    ['"not found"', (_, response) => response.writeHead(404).end(text), /HTTP status 404/],
    [
      'a web page',
      (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(text),
      /no plain text/,
    ],
    [
      'too much',
      (_, response) => response.writeHead(200, { 'content-type': 'text/plain' }).end('x'.repeat(65_537)),
      /too long/,
    ],
    ['nothing, and closes', (request) => request.socket.destroy(), /mta-sts\.far\.test: /],
  ],
)('a server that answers with %s: there is no policy', async (_claim, answer, fault) => {
  const { port } = await serve(await credentials(), answer);
  const fetchPolicy = createPolicyFetch({ findAddresses, clock: systemClock, port });
  expect(await fetchPolicy('far.test', never)).toEqual({ fault: expect.stringMatching(fault) });
});

it.each<[claim: string, make: () => Promise<SecureContextOptions>]>([
  ['of another name', () => credentials({ dns: ['far.test'] })],
  [
    'that is self-signed',
    async () => {
      const { keyPem, certificatePem } = await createCertificate('mta-sts.far.test');
      return { key: keyPem, cert: certificatePem };
    },
  ],
])('a certificate %s: it is not even asked', async (_claim, make) => {
  const { port, asked } = await serve(await make(), plainly);
  const fetchPolicy = createPolicyFetch({ findAddresses, clock: systemClock, port });
  expect(await fetchPolicy('far.test', never)).toHaveProperty('fault');
  expect(asked).toEqual([]);
});

it('gives up after five seconds, also when a little comes all the time', async () => {
  const clock = createManualClock();
  const { port } = await serve(await credentials(), (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' }).write('version');
    clock.advance(5_000);
  });
  const fetchPolicy = createPolicyFetch({ findAddresses, clock, port });
  expect(await fetchPolicy('far.test', never)).toEqual({ fault: 'mta-sts.far.test: no answer in time' });
});

it('ends when it is told to', async () => {
  const stopping = new AbortController();
  const { port } = await serve(await credentials(), () => stopping.abort());
  const fetchPolicy = createPolicyFetch({ findAddresses, clock: systemClock, port });
  expect(await fetchPolicy('far.test', stopping.signal)).toEqual({ fault: 'mta-sts.far.test: interrupted' });
});

it('the next address is tried; without one there is no policy', async () => {
  const { port } = await serve(await credentials(), plainly);
  const ofTwo = createPolicyFetch({
    findAddresses: () => Promise.resolve(['127.0.0.9', '127.0.0.1']),
    clock: systemClock,
    port,
  });
  expect(await ofTwo('far.test', never)).toEqual({ text });
  const ofNone = createPolicyFetch({ findAddresses: () => Promise.resolve([]), clock: systemClock, port });
  expect(await ofNone('far.test', never)).toEqual({ fault: 'mta-sts.far.test: it has no address' });
});

it('checks the certificate also where the environment tells Node not to', async () => {
  const { keyPem, certificatePem } = await createCertificate('mta-sts.far.test');
  const { port, asked } = await serve({ key: keyPem, cert: certificatePem }, plainly);
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  endings.push(async () => vi.unstubAllEnvs());
  const fetchPolicy = createPolicyFetch({ findAddresses, clock: systemClock, port });
  expect(await fetchPolicy('far.test', never)).toHaveProperty('fault');
  expect(asked).toEqual([]);
});
