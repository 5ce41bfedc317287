import { describe, expect, it } from 'vitest';
import { filePathOf } from '../../../../src-main/api/http/static-files';

describe('the file that a path means', () => {
  it.each([
    ['/', 'index.html'],
    ['/index.html', 'index.html'],
    ['/assets/index-DiwrgTda.js', 'assets/index-DiwrgTda.js'],
    ['/assets/a/b.css', 'assets/a/b.css'],
    ['/assets/a_b-c.d.woff2', 'assets/a_b-c.d.woff2'],
  ])('%s', (path, file) => {
    expect(filePathOf(path)).toBe(file);
  });

  it.each([
    '',
    'index.html',
    '//etc/passwd.html',
    '/../settings.json',
    '/assets/../../settings.json',
    '/assets/..',
    '/..%2fsettings.json',
    '/%2e%2e/settings.json',
    '/%252e%252e/settings.json',
    '/..\\settings.json',
    '/assets\\..\\..\\settings.json',
    '/./index.html',
    '/.env.json',
    '/assets/.hidden.js',
    '/index.html/',
    '/index.html%00.png',
    '/index.html\u0000.png',
    '/index.html:stream.js',
    '/C:/Windows/win.ini',
    '/assets',
    '/index.html ',
    '/assets//index.js',
    'http://evil.example/index.html',
  ])('is none for %j', (path) => {
    expect(filePathOf(path)).toBeUndefined();
  });
});
