import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { eventually, nodesOf, onPort, query, temporaryDirectory } from '../test/fixtures.ts';
import { openCluster, removeCluster, startCluster, stopCluster } from './index.ts';
import { readPostmaster } from './postmaster-file.ts';
import { isProcess, lsof } from './process-facts.ts';

const isRoot = process.getuid?.() === 0;
const isLinux = process.platform === 'linux';
const run = promisify(execFile);

/** A running cluster, and the path that it will be moved or copied to. */
async function runningCluster(options: { standbys?: number } = {}) {
  const directory = await temporaryDirectory();
  const other = `${directory}-renamed`;
  const cluster = await startCluster({ directory, ...options });
  const pids = (await nodesOf(directory)).map(({ pid }) => pid ?? 0);
  onTestFinished(async () => {
    await removeCluster(other).catch(() => undefined);
  });
  return { cluster, directory, other, pids };
}

/** A server of this process is a process until it was waited for. */
const ended = (pids: number[]) => eventually(async () => !pids.some(isProcess));

test('servers are found, stopped and removed in a folder that was renamed while they ran', async () => {
  const { cluster, directory, other, pids } = await runningCluster();
  await query(cluster.adminUrl, 'create table t as select 1 as n');
  await rename(directory, other);
  expect((await nodesOf(other)).map(({ pid, running }) => [pid, running])).toEqual([
    [pids[0], true],
    [pids[1], true],
  ]);
  expect(await removeCluster(other)).toBe(true);
  await ended(pids);
  await expect(stat(other)).rejects.toThrow('ENOENT');
});

test('startCluster in a renamed folder makes whole what the old name is built into', async () => {
  const { cluster, directory, other, pids } = await runningCluster();
  await query(cluster.adminUrl, 'create table t as select 1 as n');
  await rename(directory, other);
  await using moved = await startCluster({ directory: other, settings: { work_mem: '9MB' } });
  expect(moved.adminUrl).toBe(cluster.adminUrl);
  expect(await query(moved.adminUrl, 'show work_mem')).toEqual(['9MB']);
  await query(moved.adminUrl, 'insert into t values (2)');
  const readerUrl = onPort(moved.adminUrl, moved.standbys[0]?.port ?? 0);
  await eventually(async () => (await query(readerUrl, 'select count(*)::int from t'))[0] === 2);
  expect((await nodesOf(other)).map(({ syncState }) => syncState)).toEqual([null, 'quorum']);
  await ended(pids);
  // A second start has nothing to do.
  const before = await nodesOf(other);
  await startCluster({ directory: other });
  expect((await nodesOf(other)).map(({ pid }) => pid)).toEqual(before.map(({ pid }) => pid));
  expect(await moved.failover()).toMatchObject({ notRejoined: [] });
});

test('a copy neither stops nor starts nor removes the servers of the original', async () => {
  const { cluster, directory, other, pids } = await runningCluster();
  await run('cp', ['-a', directory, other]);
  expect((await nodesOf(other)).map(({ pid, running }) => [pid, running])).toEqual([
    [null, false],
    [null, false],
  ]);
  expect(await stopCluster(other)).toBe(true);
  await expect(startCluster({ directory: other })).rejects.toMatchObject({ code: 'port-in-use' });
  expect(await removeCluster(other)).toBe(true);
  expect((await nodesOf(directory)).map(({ pid }) => pid)).toEqual(pids);
  await query(cluster.adminUrl, 'create table t ()');
  await cluster.stop();
});

test('the original in a new place is distinguished from a copy in its old one', async () => {
  const { directory, other, pids } = await runningCluster({ standbys: 0 });
  await rename(directory, other);
  await run('cp', ['-a', other, directory]);
  await stopCluster(directory);
  expect(pids.filter(isProcess)).toEqual(pids);
  await stopCluster(other);
  await ended(pids);
});

test('the process of a recorded pid may be the server of another folder', async () => {
  const one = await runningCluster({ standbys: 0 });
  const two = await runningCluster({ standbys: 0 });
  await stopCluster(one.directory);
  const lock = join(one.directory, 'node-1/postmaster.pid');
  await writeFile(lock, await readFile(join(two.directory, 'node-1/postmaster.pid')));
  await stopCluster(one.directory);
  expect(two.pids.filter(isProcess)).toEqual(two.pids);
  await startCluster({ directory: one.directory });
  await one.cluster.stop();
  await two.cluster.stop();
});

test.runIf(isLinux)(
  'in the folder that a cluster was moved from, or deleted in, its servers are named',
  async () => {
    const { directory, other, pids } = await runningCluster({ standbys: 0 });
    await rename(directory, other);
    for (const stop of [stopCluster, removeCluster]) {
      await expect(stop(directory)).rejects.toMatchObject({
        code: 'servers-elsewhere',
        message: expect.stringContaining(`process ${pids[0]} in ${other}/node-1`),
      });
    }
    await rm(other, { recursive: true });
    const refusal: { hint?: string } = await stopCluster(directory).then(
      () => ({}),
      (error: { code?: string; hint?: string }) => error,
    );
    const [, signal = '', pid] = /kill (-QUIT) (\d+)/.exec(refusal.hint ?? '') ?? [];
    process.kill(Number(pid), signal.replace('-', 'SIG') as NodeJS.Signals);
    await ended(pids);
    expect(await stopCluster(directory)).toBe(false);
  },
);

test.runIf(isLinux)(
  'a folder whose name looks like the command line of a server does not hide its own',
  async () => {
    const parent = await temporaryDirectory('postgres -D ');
    await mkdir(parent, { mode: 0o755 });
    const directory = join(parent, 'cluster');
    await using cluster = await startCluster({ directory, standbys: 0 });
    const [before] = await nodesOf(directory);
    await startCluster({ directory });
    expect((await nodesOf(directory))[0]).toMatchObject({ pid: before.pid, displaced: false });
    expect(await query(cluster.adminUrl, 'select 1')).toEqual([1]);
    const moved = `${directory}-renamed`;
    await rename(directory, moved);
    expect((await nodesOf(moved))[0]).toMatchObject({ running: true, displaced: true });
    await expect(stopCluster(directory)).rejects.toMatchObject({ code: 'servers-elsewhere' });
    await removeCluster(moved);
  },
);

test.runIf(isLinux)(
  'no cluster is started where servers that were moved away would write their control file',
  async () => {
    const { directory, other, pids } = await runningCluster({ standbys: 0 });
    await rename(directory, other);
    await expect(startCluster({ directory })).rejects.toMatchObject({ code: 'servers-elsewhere' });
    expect(await stopCluster(other)).toBe(true);
    await ended(pids);
    await using fresh = await startCluster({ directory, standbys: 0 });
    expect(await query(fresh.adminUrl, 'select 1')).toEqual([1]);
  },
);

test('stopping servers in a renamed folder writes nothing under the old name', async () => {
  const { directory, other, pids } = await runningCluster({ standbys: 0 });
  await rename(directory, other);
  await run('cp', ['-a', other, directory]);
  const control = join(directory, 'node-1/global/pg_control');
  const before = await readFile(control);
  await stopCluster(other);
  await ended(pids);
  expect(before.equals(await readFile(control))).toBe(true);
});

/** Runs a script as a root that may not look at other accounts' processes, as in a container. */
async function asContainerRoot(script: string, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const index = new URL('./index.ts', import.meta.url).href;
  const source = `import * as rds from '${index}';\n${script}`;
  const node = [process.execPath, '--input-type=module', '-e', source];
  const { stdout } = await run('/usr/bin/setpriv', ['--bounding-set', '-sys_ptrace', ...node], { env });
  return stdout.trim();
}

test.runIf(isRoot && isLinux)(
  'a root without the right to look at processes asks as their account',
  async () => {
    const { directory, other, pids } = await runningCluster({ standbys: 0 });
    await rename(directory, other);
    const answer = await asContainerRoot(`console.log(await rds.stopCluster('${other}'))`);
    expect(answer).toBe('true');
    await ended(pids);
  },
);

test.runIf(isRoot && isLinux)(
  'a process that cannot be identified is an error, and nothing is deleted',
  async () => {
    const { directory, other, pids } = await runningCluster({ standbys: 0 });
    await rename(directory, other);
    // There is no program `stat` to ask with.
    const remove = `await rds.removeCluster('${other}').then(() => console.log('removed'), (e) => console.log(e.code, e.hint))`;
    const answer = await asContainerRoot(remove, { PATH: '/nowhere' });
    expect(answer).toContain('server-unidentified');
    expect(answer).toContain(`kill -INT ${pids[0]}`);
    expect(pids.filter(isProcess)).toEqual(pids);
    process.kill(pids[0] ?? 0, 'SIGINT');
    await ended(pids);
    expect(await asContainerRoot(remove, { PATH: '/nowhere' })).toBe('removed');
  },
);

test.runIf(isRoot && isLinux)('data that is outside of the folder stays that of the original', async () => {
  const directory = await temporaryDirectory();
  await mkdir(directory, { mode: 0o700 });
  await chmod(dirname(directory), 0o700);
  const [renamed, copy] = [`${directory}-renamed`, `${directory}-copy`];
  const cluster = await startCluster({ directory, standbys: 0 });
  onTestFinished(async () => void (await removeCluster(renamed).catch(() => undefined)));
  await run('cp', ['-a', directory, copy]);
  const refusal: { code?: string; hint?: string } = await removeCluster(copy).then(
    () => ({}),
    (error: { code?: string; hint?: string }) => error,
  );
  expect(refusal).toMatchObject({ code: 'cluster-copied' });
  expect(await query(cluster.adminUrl, 'select 1')).toEqual([1]);
  await rename(directory, renamed);
  expect((await nodesOf(renamed))[0].running).toBe(true);
  await expect(startCluster({ directory: copy })).rejects.toMatchObject({
    code: 'cluster-copied',
    message: expect.stringContaining(renamed),
  });
  // A move to another disk is a copy and a removal: the second remedy.
  await rm(renamed, { recursive: true });
  await rm(/delete (\S*cluster-folder)\./.exec(refusal.hint ?? '')?.[1] ?? '');
  expect((await openCluster(copy)).adminUrl).toBe(cluster.adminUrl);
  expect(await removeCluster(copy)).toBe(true);
});

test.runIf(
  await run('lsof', ['-v']).then(
    () => isLinux,
    () => false,
  ),
)('lsof, which is asked on macOS, says of a working directory what stat says', async () => {
  const { dev, ino } = await stat(process.cwd());
  expect(await lsof(process.pid)).toEqual({ dev, ino });
  await expect(readPostmaster(process.cwd())).resolves.toBe(undefined);
});
