import { execFile, execFileSync } from 'node:child_process';
import { mkdir, rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { nodesOf, query, temporaryDirectory } from '../test/fixtures.ts';
import { startCluster } from './index.ts';

const isRoot = process.getuid?.() === 0;
const run = promisify(execFile);

test('a promoted writer serves on when the port of the old one is taken; startCluster makes that a standby later', async () => {
  const directory = await temporaryDirectory();
  await using cluster = await startCluster({ directory });
  await query(cluster.adminUrl, 'create table t as select 1 as n');
  const port = cluster.standbys[0]?.port ?? 0;
  // Killed, so that it is the failover that starts the standby, and would stop it again.
  for (const { pid } of await nodesOf(directory)) process.kill(pid ?? 0, 'SIGKILL');
  let other: Server | undefined;
  const onProgress = (message: string) => {
    if (message.startsWith('Cloning')) other = createServer().listen(port, '127.0.0.1');
  };
  const result = await cluster.failover({ onProgress });
  expect(result).toMatchObject({ from: 'node-1', to: 'node-2' });
  expect(result.notRejoined).toEqual([
    {
      name: 'node-1',
      reason: expect.stringMatching(new RegExp(`Port ${port} .* is taken.*Stop that program`)),
    },
  ]);
  // Commits do not wait for the one that is not there.
  await query(cluster.adminUrl, 'insert into t values (2)');
  await new Promise((resolve) => other?.close(resolve));
  await startCluster({ directory });
  expect((await nodesOf(directory)).map(({ name, syncState }) => [name, syncState])).toEqual([
    ['node-2', null],
    ['node-1', 'quorum'],
  ]);
  expect(await query(cluster.adminUrl, 'select n from t')).toEqual([1, 2]);
});

test.runIf(isRoot && process.platform === 'linux')(
  'a promoted writer serves on when the disk is too full for a clone, and the old copy is kept',
  async () => {
    const disk = await temporaryDirectory('disk');
    await mkdir(disk);
    await run('mount', ['-t', 'tmpfs', '-o', 'size=1g,mode=755', 'tmpfs', disk]);
    onTestFinished(async () => void (await run('umount', ['-l', disk])));
    const directory = join(disk, 'cluster');
    await using cluster = await startCluster({ directory, settings: { max_wal_size: '64MB' } });
    await query(cluster.adminUrl, 'create table t as select 1 as n');
    const ballast = join(disk, 'ballast');
    const result = await cluster.failover({
      onProgress: (message) => {
        // Room for a segment of WAL, and for no clone.
        if (message.startsWith('Cloning'))
          execFileSync('sh', [
            '-c',
            `fallocate -l $(($(df --output=avail -B1 ${disk} | tail -1) - 20000000)) ${ballast}`,
          ]);
      },
    });
    expect(result).toMatchObject({ to: 'node-2', notRejoined: [{ name: 'node-1' }] });
    expect(result.notRejoined[0]?.reason).toContain('No space is left');
    await query(cluster.adminUrl, 'insert into t values (2)');
    expect((await stat(join(directory, 'node-1/PG_VERSION'))).isFile()).toBe(true);
    await rm(ballast);
    await startCluster({ directory });
    expect((await nodesOf(directory))[1]).toMatchObject({ name: 'node-1', syncState: 'quorum' });
  },
);

test('the old copy is kept while the new writer is not known to be healthy, and the error names a way out', async () => {
  const directory = await temporaryDirectory();
  await using cluster = await startCluster({ directory });
  await query(cluster.adminUrl, 'create table t as select generate_series(1, 1000) as n');
  const [path] = await query(cluster.adminUrl, `select pg_relation_filepath('t')`);
  // After it was checked, and before the old copy is given up.
  let removal: Promise<void> | undefined;
  const { notRejoined } = await cluster.failover({
    onProgress: (message) => {
      if (message.startsWith('Cloning')) removal = rm(join(directory, 'node-2', String(path)));
    },
  });
  await removal;
  expect(notRejoined).toEqual([
    {
      name: 'node-1',
      reason: expect.stringMatching(/node-2, is damaged; that of the former writer, .*node-1, is kept/),
    },
  ]);
  expect((await stat(join(directory, 'node-1', String(path)))).isFile()).toBe(true);
  await expect(startCluster({ directory })).rejects.toMatchObject({ code: 'writer-damaged' });
  await run('mv', [join(directory, 'node-1'), join(directory, 'saved')]);
  await startCluster({ directory });
  expect((await nodesOf(directory))[1]).toMatchObject({ name: 'node-1', syncState: 'quorum' });
});
