/**
 * Serves the console's files to the window under an origin of its own, with the same strict policy that the
 * browser console has. A file: page would have no origin and could read other files.
 */
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { protocol, type Session } from 'electron';
import { contentTypeOf, policyHeadersOf } from '../api/http/console-policy';
import { filePathOf } from '../api/http/static-files';

const scheme = 'mailroot';
/** Origin of the console in the desktop. */
export const consoleOrigin = `${scheme}://console`;

/** Must run before the app is ready. */
export function registerConsoleScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Answers requests for `mailroot://console/...` from `folder`; nothing outside of it can be named. */
export function serveConsole(session: Session, folder: string): void {
  session.protocol.handle(scheme, async (request) => {
    const url = new URL(request.url);
    const name = filePathOf(url.pathname);
    if (url.host !== 'console' || request.method !== 'GET' || name === undefined)
      return new Response('', { status: 404 });
    const path = join(folder, name);
    try {
      const body = await readFile(path);
      return new Response(new Uint8Array(body), {
        headers: {
          ...policyHeadersOf(name),
          'content-type': contentTypeOf(extname(path)),
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'no-referrer',
        },
      });
    } catch {
      return new Response('', { status: 404 });
    }
  });
}
