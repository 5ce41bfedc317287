import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { peerIdentityOf } from '../../../src-main/native';

describe.skipIf(process.platform === 'win32')('identity of a peer', () => {
  let folder: string;
  let server: Server;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mailroot-peer-'));
    server = createServer();
  });
  afterEach(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function connectFromChild(options: { uid?: number; gid?: number } = {}) {
    const path = join(folder, 'socket');
    server.listen({ path, writableAll: true });
    await once(server, 'listening');
    const program = `require('node:net').connect(process.argv[1]).on('close', () => process.exit())`;
    const child = spawn(process.execPath, ['-e', program, path], { stdio: 'ignore', ...options });
    const [socket] = (await once(server, 'connection')) as [Socket];
    return { socket, child };
  }

  it('is the user, the groups and the process that connected', async () => {
    const { socket, child } = await connectFromChild();
    const identity = peerIdentityOf(socket);
    socket.destroy();
    expect(identity).toMatchObject({ userId: process.geteuid?.(), processId: child.pid });
    expect(identity?.groupIds).toEqual(expect.arrayContaining(process.getgroups?.() ?? []));
    expect(identity?.groupIds).toContain(process.getegid?.());
  });

  it.skipIf(process.getuid?.() !== 0)('is not ours when another user connects', async () => {
    chmodSync(folder, 0o755);
    const { socket } = await connectFromChild({ uid: 65_534, gid: 65_534 });
    const identity = peerIdentityOf(socket);
    socket.destroy();
    expect(identity).toMatchObject({ userId: 65_534, groupIds: [65_534] });
  });

  it('is unknown once the connection is closed', async () => {
    const { socket } = await connectFromChild();
    socket.destroy();
    expect(peerIdentityOf(socket)).toBeUndefined();
  });

  it('is unknown for a connection over the network', async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const client = connect(port, '127.0.0.1');
    const [socket] = (await once(server, 'connection')) as [Socket];
    const identity = peerIdentityOf(socket);
    client.destroy();
    socket.destroy();
    expect(identity).toBeUndefined();
  });
});
