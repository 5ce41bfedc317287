/**
 * What the console's pages may load, the same in the desktop window and in the browser. Message frames are
 * srcdoc documents: they inherit this policy and add a stricter one of their own. Only for a message whose pictures a
 * person asked to see there is an empty page with a policy of its own, which has pictures from elsewhere and no script.
 */

/** Content-Security-Policy of every page of the console. Griffel writes style elements, hence the inline styles. */
export const consolePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "frame-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The empty page that a message with pictures from elsewhere is put into. */
const messageFrameFile = 'message-frame.html';

const messageFramePolicy = [
  "default-src 'none'",
  'img-src data: https: http:',
  "style-src 'unsafe-inline'",
  'font-src data:',
  "frame-ancestors 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  // Also when it is opened by itself: no script, no form, no window.
  'sandbox allow-same-origin',
].join('; ');

/** Headers of one of the console's files, by its path below the folder, that say what it may do. Pure. */
export function policyHeadersOf(name: string): Readonly<Record<string, string>> {
  return name === messageFrameFile
    ? { 'content-security-policy': messageFramePolicy, 'x-frame-options': 'SAMEORIGIN' }
    : { 'content-security-policy': consolePolicy, 'x-frame-options': 'DENY' };
}

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json; charset=utf-8',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.ttf': 'font/ttf',
};

/** Content type by file ending (".js"); anything else is bytes. */
export function contentTypeOf(extension: string): string {
  return contentTypes[extension.toLowerCase()] ?? 'application/octet-stream';
}
