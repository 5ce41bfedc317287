import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPortOwner, parseListeners } from '../../../../src-main/engine/smtp-in/port-owner';

const head =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const row = (local: string, state: string, inode: number): string =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100 0 0 10 0\n`;

describe('listeners in /proc/net/tcp', () => {
  const table = `${head}${row('0100007F:0019', '0A', 11)}${row('00000000:0019', '0A', 12)}${row('0100007F:0019', '01', 13)}${row('0200007F:0019', '0A', 14)}${row('0100007F:001A', '0A', 15)}`;
  it.each([
    ['', 25, ['11', '12', '14']],
    ['127.0.0.1', 25, ['11', '12']],
    ['127.0.0.2', 25, ['12', '14']],
    ['127.0.0.1', 26, ['15']],
    ['127.0.0.1', 27, []],
  ])('that stand in the way of "%s":%d', (address, port, inodes) => {
    expect(parseListeners(table, { address, port })).toEqual(inodes);
  });

  it('are found in the IPv6 table, also for an IPv4 address', () => {
    const table6 = `${head}${row('0000000000000000FFFF00000100007F:0019', '0A', 21)}${row('00000000000000000000000000000000:0019', '0A', 22)}`;
    expect(parseListeners(table6, { address: '127.0.0.1', port: 25 })).toEqual(['21', '22']);
    expect(parseListeners(table6, { address: '127.0.0.9', port: 25 })).toEqual(['22']);
  });

  it('are none in nonsense', () => {
    expect(parseListeners('\n\nx\n0: :: 1\n', { address: '', port: 25 })).toEqual([]);
  });
});

describe.runIf(process.platform === 'linux')('owner of a port', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mailroot-proc-'));
    await mkdir(join(folder, 'net'));
    await mkdir(join(folder, '812', 'fd'), { recursive: true });
    await mkdir(join(folder, '813'));
    await writeFile(join(folder, '812', 'comm'), 'exim4\n');
    await symlink('/dev/null', join(folder, '812', 'fd', '0'));
    await symlink('socket:[12]', join(folder, '812', 'fd', '3'));
    await writeFile(join(folder, 'net', 'tcp'), head + row('00000000:0019', '0A', 12));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is named with its process', async () => {
    expect(await findPortOwner({ address: '', port: 25 }, folder)).toEqual({ name: 'exim4', processId: 812 });
  });

  it('is unknown when nobody may be seen', async () => {
    expect(await findPortOwner({ address: '', port: 26 }, folder)).toBeUndefined();
    expect(await findPortOwner({ address: '', port: 25 }, join(folder, 'nothing'))).toBeUndefined();
    await rm(join(folder, '812'), { recursive: true });
    expect(await findPortOwner({ address: '', port: 25 }, folder)).toBeUndefined();
  });

  it('is this process for a port of its own', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const owner = await findPortOwner({ address: '127.0.0.1', port });
    server.close();
    expect(owner?.processId).toBe(process.pid);
  });
});
