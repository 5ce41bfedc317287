/** The console as it is built, served on loopback with an engine that only remembers behind it. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { RPCHandler } from '@orpc/server/node';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { createFakeEngine } from './fake-engine';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export interface FakeConsole {
  readonly origin: string;
  /** Stops serving and removes what was built. */
  readonly close: () => Promise<void>;
}

export async function startFakeConsole(): Promise<FakeConsole> {
  const folder = await mkdtemp(join(tmpdir(), 'mailroot-console-'));
  await build({
    configFile: false,
    root: join(import.meta.dirname, '../../src-renderer'),
    base: './',
    logLevel: 'warn',
    define: { __VERSION__: '"0.0.0"' },
    plugins: [react()],
    build: { outDir: folder, emptyOutDir: true, target: 'chrome130', chunkSizeWarningLimit: 8192 },
  });
  const handler = new RPCHandler(createFakeEngine({ now: Date.now() }));
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path.startsWith('/rpc/')) {
      void handler.handle(request, response, { prefix: '/rpc', context: {} });
      return;
    }
    const file = normalize(path === '/' ? '/index.html' : path);
    readFile(join(folder, file)).then(
      (content) => {
        response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' });
        response.end(content);
      },
      () => response.writeHead(404).end(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
