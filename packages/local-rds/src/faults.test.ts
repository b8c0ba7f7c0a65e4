import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { processesIn, query, runScript, temporaryDirectory } from '../test/fixtures.ts';
import { clusterStatus, startCluster } from './index.ts';
import { findFreePort } from './ports.ts';

const isRoot = process.getuid?.() === 0;
const run = promisify(execFile);

async function occupy(port: number): Promise<() => Promise<void>> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return () => new Promise((resolve) => server.close(() => resolve()));
}

test('a port that is taken is named, whether it was asked for or remembered', async () => {
  const directory = await temporaryDirectory();
  const port = await findFreePort();
  const release = await occupy(port);
  const refusal = { code: 'port-in-use', message: expect.stringContaining(String(port)) };
  await expect(startCluster({ directory, standbys: 0, port })).rejects.toMatchObject(refusal);
  await release();
  await using cluster = await startCluster({ directory });
  expect(cluster.writer.port).toBe(port);
  await cluster.stop();
  const releaseAgain = await occupy(port);
  await expect(startCluster({ directory })).rejects.toMatchObject({
    ...refusal,
    hint: expect.stringContaining('another port'),
  });
  await releaseAgain();
  const moved = await startCluster({ directory, port: await findFreePort() });
  expect(await query(moved.adminUrl, 'select inet_server_port()')).toEqual([moved.writer.port]);
});

test('a folder of something else is refused and left alone', async () => {
  const directory = await temporaryDirectory();
  await mkdir(directory);
  await writeFile(join(directory, 'letter.txt'), 'Dear');
  await expect(startCluster({ directory })).rejects.toMatchObject({
    code: 'invalid-cluster-directory',
    message: expect.stringContaining('letter.txt'),
  });
  expect(await readFile(join(directory, 'letter.txt'), 'utf8')).toBe('Dear');
  await expect(startCluster({ directory: join(directory, 'letter.txt') })).rejects.toMatchObject({
    code: 'directory-unwritable',
  });
});

test.each([
  { text: '{"format": 2}', code: 'invalid-cluster-directory' },
  { text: '{"format": 1, "postgresMajor": 17}', code: 'postgres-version-mismatch' },
  { text: '{"format": 1', code: 'invalid-cluster-directory' },
])('a cluster file $text is refused', async ({ text, code }) => {
  const directory = await temporaryDirectory();
  await mkdir(directory);
  await writeFile(join(directory, 'cluster.json'), text);
  await expect(startCluster({ directory })).rejects.toMatchObject({ code });
  await expect(clusterStatus(directory)).rejects.toMatchObject({ code });
});

test('data that is of another version or gone is an error, never a new beginning', async () => {
  const directory = await temporaryDirectory();
  const cluster = await startCluster({ directory, standbys: 0 });
  await cluster.stop();
  await writeFile(join(directory, 'node-1/PG_VERSION'), '17\n');
  await expect(startCluster({ directory })).rejects.toMatchObject({ code: 'postgres-version-mismatch' });
  await run('rm', ['-r', join(directory, 'node-1')]);
  await expect(startCluster({ directory })).rejects.toMatchObject({ code: 'cluster-data-not-found' });
});

test('a server that does not start says why, and can be fixed', async () => {
  const directory = await temporaryDirectory();
  await expect(
    startCluster({ directory, standbys: 0, settings: { work_mem: 'a lot' } }),
  ).rejects.toMatchObject({ code: 'server-start-failed', message: expect.stringContaining('"a lot"') });
  expect(await processesIn(directory)).toEqual([]);
  await using cluster = await startCluster({
    directory,
    settings: { 'shop.motto': `it's \\ "fine"`, jit: false },
  });
  expect(
    await query(cluster.adminUrl, `select current_setting('shop.motto'), current_setting('jit')`),
  ).toEqual([`it's \\ "fine"`, 'off']);
});

test('wrong options are refused, all at once', async () => {
  const directory = await temporaryDirectory();
  await expect(startCluster({ directory, standbys: -1, port: 70_000 })).rejects.toMatchObject({
    code: 'invalid-settings',
    exitCode: 2,
    message: expect.stringMatching(/standbys.*port/),
  });
  await expect(startCluster({ directory, settings: { 'a = 1\nb': 2 } })).rejects.toMatchObject({
    code: 'invalid-settings',
  });
});

test('an interrupted wait for another process ends', async () => {
  const directory = await temporaryDirectory();
  const controller = new AbortController();
  const waits = (message: string) => {
    if (message.startsWith('Waiting')) controller.abort();
  };
  let second: Promise<unknown> | undefined;
  const onProgress = () => {
    second ??= startCluster({ directory, signal: controller.signal, onProgress: waits }).catch(
      (error) => error,
    );
  };
  await using cluster = await startCluster({ directory, standbys: 0, onProgress });
  expect(await second).toBe(controller.signal.reason);
  expect(await query(cluster.adminUrl, 'select 1')).toEqual([1]);
});

test.runIf(isRoot)('a folder that may not be written is named', async () => {
  const directory = await temporaryDirectory();
  const script = runScript(
    `await rds.startCluster({ directory: ${JSON.stringify(directory)} }).catch((e) => console.log(e.code, e.message));`,
    { uid: 65_534, gid: 65_534 },
  );
  expect(await script.ended).toBe(`directory-unwritable ${directory} cannot be written (EACCES).\n`);
});

test.runIf(isRoot && process.platform === 'linux')('a full disk is reported, and room fixes it', async () => {
  const directory = await temporaryDirectory('disk');
  await mkdir(directory);
  await run('mount', ['-t', 'tmpfs', '-o', 'size=64m,mode=755', 'tmpfs', directory]);
  onTestFinished(async () => void (await run('umount', ['-l', directory])));
  const cluster = join(directory, 'cluster');
  const full = { code: 'disk-full', message: expect.stringContaining(dirname(cluster)) };
  await expect(startCluster({ directory: cluster })).rejects.toMatchObject(full);
  expect(await processesIn(cluster)).toEqual([]);
  await run('mount', ['-o', 'remount,size=20m', directory]).catch(() => undefined);
  await expect(startCluster({ directory: cluster })).rejects.toMatchObject(full);
  await run('mount', ['-o', 'remount,size=1g', directory]);
  await using fixed = await startCluster({ directory: cluster });
  expect(await query(fixed.adminUrl, 'select 1')).toEqual([1]);
});
