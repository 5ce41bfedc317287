/**
 * Builds the inspector page once and serves it on loopback under the console's own content security policy,
 * writing down every request that arrives: what a message makes the browser ask for cannot be missed.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { policyHeadersOf } from '../../src-main/api/http/console-policy';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

export interface InspectorSite {
  readonly origin: string;
  /** Stops serving and removes what was built. */
  readonly close: () => Promise<void>;
}

/** @param page folder of the page, beside this file */
export async function startInspectorSite(page = 'inspector-page'): Promise<InspectorSite> {
  const folder = await mkdtemp(join(tmpdir(), 'inspector-'));
  await build({
    configFile: false,
    root: join(import.meta.dirname, page),
    base: './',
    publicDir: join(import.meta.dirname, '../../src-renderer/public'),
    logLevel: 'warn',
    plugins: [react()],
    build: { outDir: folder, emptyOutDir: true, target: 'chrome130', chunkSizeWarningLimit: 8192 },
  });
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const file = normalize(path === '/' ? '/index.html' : path);
    readFile(join(folder, file)).then(
      (content) => {
        response.writeHead(200, {
          'content-type': types[extname(file)] ?? 'application/octet-stream',
          ...policyHeadersOf(file.slice(1)),
        });
        response.end(content);
      },
      () => response.writeHead(404).end(),
    );
  });
  const origin = await listen(server);
  return {
    origin,
    close: async () => {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface LeakCounter {
  readonly origin: string;
  readonly port: number;
  /** "GET /path" of everything that arrived. */
  readonly requests: string[];
  readonly close: () => Promise<void>;
}

/** Stands for the rest of the world: whoever reaches it has leaked. */
export async function startLeakCounter(): Promise<LeakCounter> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.writeHead(200, { 'access-control-allow-origin': '*' }).end();
  });
  const origin = await listen(server);
  return {
    origin,
    port: (server.address() as AddressInfo).port,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
