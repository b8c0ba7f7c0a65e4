import { chmod, chown, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { nodesOf, query, runScript, temporaryDirectory } from '../test/fixtures.ts';
import { locateBinaries } from './binaries.ts';
import { copyTree } from './copy-tree.ts';
import { openCluster, removeCluster, startCluster } from './index.ts';
import { runProcess } from './run-process.ts';
import { findServerUser } from './server-user.ts';

const isRoot = process.getuid?.() === 0;
const nobody = { uid: 65_534, gid: 65_534 };

test.runIf(isRoot)('as root, servers run as an ordinary account that owns the data', async () => {
  const directory = await temporaryDirectory();
  await using cluster = await startCluster({ directory, standbys: 0, serverUser: 'nobody' });
  const [writer] = await nodesOf(directory);
  expect((await stat(`/proc/${writer.pid}`)).uid).toBe(nobody.uid);
  expect((await stat(join(directory, 'node-1'))).uid).toBe(nobody.uid);
  expect((await stat(join(directory, 'cluster.json'))).uid).toBe(0);
  expect(await query(cluster.adminUrl, 'select 1')).toEqual([1]);
  await expect(findServerUser('no-such-account')).rejects.toMatchObject({ code: 'server-user-not-found' });
});

test.runIf(isRoot)(
  'as root in a folder that is closed to others, the data is elsewhere, and is removed with it',
  async () => {
    const directory = await temporaryDirectory();
    await mkdir(directory, { mode: 0o700 });
    await chmod(dirname(directory), 0o700);
    const cluster = await startCluster({ directory });
    const { dataRoot } = JSON.parse(await readFile(join(directory, 'cluster.json'), 'utf8')) as {
      dataRoot: string;
    };
    expect(dataRoot).toMatch(/^\/var\/lib\/local-rds\/cluster-/);
    expect((await stat(dataRoot)).mode & 0o777).toBe(0o700);
    expect(await query((await openCluster(directory)).adminUrl, 'show data_directory')).toEqual([
      join(dataRoot, 'node-1'),
    ]);
    expect((await cluster.failover()).to).toBe('node-2');
    await removeCluster(directory);
    await expect(stat(dataRoot)).rejects.toThrow('ENOENT');
    await expect(stat(directory)).rejects.toThrow('ENOENT');
  },
);

test.runIf(isRoot)('programs that the account cannot reach are copied once, however many ask', async () => {
  const parent = dirname(await temporaryDirectory());
  const [closed, shared] = [join(parent, 'closed'), join(parent, 'shared')];
  await mkdir(closed, { mode: 0o700 });
  await mkdir(shared, { mode: 0o755 });
  const { postgres } = await locateBinaries(undefined, () => Promise.resolve(shared));
  await copyTree(dirname(dirname(postgres)), join(closed, 'native'));
  await writeFile(join(closed, 'package.json'), '{ "version": "18.0.0" }');
  const copies = await Promise.all(
    [1, 2, 3].map(() => locateBinaries(nobody, () => Promise.resolve(shared), join(closed, 'native'))),
  );
  expect(new Set(copies.map((copy) => dirname(dirname(copy.postgres)))).size).toBe(1);
  expect(await readdir(shared)).toEqual([expect.stringMatching(/^postgresql-18\.0\.0-/)]);
  for (const program of Object.values(copies[0] ?? {})) {
    await runProcess(program, ['--version'], { user: nobody, cwd: shared });
  }
});

test.runIf(isRoot)(
  'an ordinary user keeps everything in the folder; root can work on it, and give it back',
  async () => {
    const directory = await temporaryDirectory();
    await chown(dirname(directory), nobody.uid, nobody.gid);
    const folder = JSON.stringify(directory);
    const start = `const cluster = await rds.startCluster({ directory: ${folder} }); console.log((await rds.clusterStatus(${folder})).nodes.map((node) => node.syncState).join());`;
    expect(await runScript(start, nobody).ended).toBe(',quorum\n');
    expect((await stat(join(directory, 'node-1'))).uid).toBe(nobody.uid);
    const root = await startCluster({ directory });
    expect((await root.failover()).to).toBe('node-2');
    await root.stop();
    expect(await runScript(start, nobody).ended).toBe(',quorum\n');
    const other = runScript(`await rds.clusterStatus(${folder}).catch((e) => console.log(e.code));`, {
      uid: 1,
      gid: 1,
    });
    expect(await other.ended).toBe('directory-unreadable\n');
  },
);
