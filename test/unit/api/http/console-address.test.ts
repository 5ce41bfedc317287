import { describe, expect, it } from 'vitest';
import {
  formatAuthority,
  isLoopback,
  parseListenAddress,
} from '../../../../src-main/api/http/console-address';

describe('--console HOST:PORT', () => {
  it.each([
    ['127.0.0.1:8025', { host: '127.0.0.1', port: 8025 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
    ['LOCALHOST:1', { host: 'localhost', port: 1 }],
    ['[::1]:8025', { host: '::1', port: 8025 }],
    ['0.0.0.0:8025', { host: '0.0.0.0', port: 8025 }],
  ])('%s', (text, address) => {
    expect(parseListenAddress(text)).toEqual(address);
    expect(formatAuthority(address)).toBe(text.toLowerCase());
  });

  it.each([
    '',
    '8025',
    ':8025',
    '127.0.0.1',
    '127.0.0.1:',
    '127.0.0.1:65536',
    '127.0.0.1:-1',
    '::1:8025',
    '[127.0.0.1]:80',
    '[::1]',
    'a b:80',
    'http://localhost:80',
  ])('refuses %j', (text) => {
    expect(parseListenAddress(text)).toBeUndefined();
  });

  it.each([
    ['127.0.0.1', true],
    ['localhost', true],
    ['::1', true],
    ['0.0.0.0', false],
    ['::', false],
    ['192.0.2.1', false],
    ['localhost.evil.example', false],
    ['127.0.0.1.evil.example', false],
  ])('%s is loopback: %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });
});
