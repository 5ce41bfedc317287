import { describe, expect, it } from 'vitest';
import { cookieOf, findRefusal, type RequestFacts } from '../../../../src-main/api/http/request-guard';

const port = 8025;
const page: RequestFacts = { method: 'GET', path: '/', headers: { host: '127.0.0.1:8025' }, port };
const call: RequestFacts = {
  method: 'POST',
  path: '/rpc/system/status',
  headers: {
    host: '127.0.0.1:8025',
    origin: 'http://127.0.0.1:8025',
    'sec-fetch-site': 'same-origin',
    'x-mailroot-console': '1',
  },
  port,
};
const form: RequestFacts = {
  method: 'POST',
  path: '/sign-in',
  headers: {
    host: '127.0.0.1:8025',
    origin: 'http://127.0.0.1:8025',
    'sec-fetch-site': 'same-origin',
    'content-type': 'application/x-www-form-urlencoded',
  },
  port,
};
const signOut: RequestFacts = { ...call, path: '/sign-out' };
const withHeaders = (facts: RequestFacts, headers: RequestFacts['headers']): RequestFacts => ({
  ...facts,
  headers: { ...facts.headers, ...headers },
});

describe('requests that may go on', () => {
  it.each([
    ['a page', page],
    ['a page by name', withHeaders(page, { host: 'localhost:8025' })],
    ['a page by IPv6', withHeaders(page, { host: '[::1]:8025' })],
    ['a page by name in capitals', withHeaders(page, { host: 'LocalHost:8025' })],
    [
      'a page opened from another site: it is only a page',
      withHeaders(page, { 'sec-fetch-site': 'cross-site' }),
    ],
    ['the head of a file', { ...page, method: 'HEAD', path: '/assets/a.js' }],
    [
      'a script that asks with Origin',
      withHeaders({ ...page, path: '/assets/a.js' }, { origin: 'http://127.0.0.1:8025' }),
    ],
    ['the default port, which browsers leave out', { ...page, headers: { host: 'localhost' }, port: 80 }],
    ['a call', call],
    ['a call of a browser without Sec-Fetch-Site', withHeaders(call, { 'sec-fetch-site': undefined })],
    ['the form for signing in', { ...page, path: '/sign-in' }],
    ['the form, sent', form],
    [
      'the form, sent by a browser without Sec-Fetch-Site',
      withHeaders(form, { 'sec-fetch-site': undefined }),
    ],
    ['signing out', signOut],
    ['a call by name', withHeaders(call, { host: 'localhost:8025', origin: 'http://localhost:8025' })],
  ] as const)('%s', (_, facts) => {
    expect(findRefusal(facts)).toBeUndefined();
  });
});

describe('requests that are refused', () => {
  it.each([
    ['another name for us (DNS rebinding)', withHeaders(page, { host: 'evil.example:8025' }), 421],
    ['a name that ends like ours', withHeaders(page, { host: 'localhost.evil.example:8025' }), 421],
    ['another port', withHeaders(page, { host: '127.0.0.1:80' }), 421],
    ['no port', withHeaders(page, { host: '127.0.0.1' }), 421],
    ['no Host', { ...page, headers: {} }, 421],
    ['two Hosts', withHeaders(page, { host: ['127.0.0.1:8025', 'evil.example'] }), 421],
    ['the name with a user before it', withHeaders(page, { host: 'x@127.0.0.1:8025' }), 421],
    ['an upgrade', withHeaders(page, { upgrade: 'websocket', connection: 'upgrade' }), 400],
    ['an upgrade on a call', withHeaders(call, { upgrade: 'websocket' }), 400],
    ['a page by POST', { ...page, method: 'POST' }, 405],
    ['a page by OPTIONS, the preflight of another site', { ...page, method: 'OPTIONS' }, 405],
    ['a call by GET', { ...call, method: 'GET' }, 405],
    ['a call by OPTIONS', { ...call, method: 'OPTIONS' }, 405],
    ['the call prefix itself by GET', { ...call, method: 'GET', path: '/rpc' }, 405],
    ['a call without Origin', withHeaders(call, { origin: undefined }), 403],
    ['a call of another site', withHeaders(call, { origin: 'http://evil.example' }), 403],
    ['a call of another port of this computer', withHeaders(call, { origin: 'http://127.0.0.1:3000' }), 403],
    ['a call of a sandboxed frame', withHeaders(call, { origin: 'null' }), 403],
    ['a call of the other name of ours', withHeaders(call, { origin: 'http://localhost:8025' }), 403],
    ['a call of https', withHeaders(call, { origin: 'https://127.0.0.1:8025' }), 403],
    ['a page with the Origin of another site', withHeaders(page, { origin: 'http://evil.example' }), 403],
    ['a call that the browser calls cross-site', withHeaders(call, { 'sec-fetch-site': 'cross-site' }), 403],
    ['a call that the browser calls same-site', withHeaders(call, { 'sec-fetch-site': 'same-site' }), 403],
    [
      'a call without our header (a form of another site)',
      withHeaders(call, { 'x-mailroot-console': undefined }),
      403,
    ],
    ['a form of another site', withHeaders(form, { origin: 'http://evil.example' }), 403],
    ['a form of a sandboxed frame', withHeaders(form, { origin: 'null' }), 403],
    ['a form without Origin', withHeaders(form, { origin: undefined }), 403],
    ['a form that the browser calls cross-site', withHeaders(form, { 'sec-fetch-site': 'cross-site' }), 403],
    ['a form to another page', { ...form, path: '/' }, 405],
    ['a form by PUT', { ...form, method: 'PUT' }, 405],
    ['signing out by a link', { ...signOut, method: 'GET' }, 405],
    ['signing out by another site', withHeaders(signOut, { origin: 'http://evil.example' }), 403],
    [
      'signing out without our header (a form of another site)',
      withHeaders(signOut, { 'x-mailroot-console': undefined }),
      403,
    ],
    ['a call with our header empty', withHeaders(call, { 'x-mailroot-console': '' }), 403],
  ] as const)('%s', (_, facts, status) => {
    expect(findRefusal(facts)?.status).toBe(status);
  });
});

describe('cookies', () => {
  it.each([
    ['a=1', '1'],
    ['b=2; a=1', '1'],
    ['b=2;a=1', '1'],
    ['a=', ''],
    ['aa=1', undefined],
    ['A=1', undefined],
    ['', undefined],
    [undefined, undefined],
    ['a', undefined],
    ['a=x=y', 'x=y'],
  ])('%j gives a: %j', (header, value) => {
    expect(cookieOf(header, 'a')).toBe(value);
  });
});
