import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Dms, dms, query, scratchFolder, urlsIn } from '../test/dms.ts';
import { processStart } from './local/process-start.ts';

let folder: Awaited<ReturnType<typeof scratchFolder>>;
let url: string;
const recordFile = () => join(folder.path, '.dms', 'local', 'worker.json');

const configure = (worker: string) =>
  writeFile(
    join(folder.path, 'dms.config.ts'),
    `import { appendFile } from 'node:fs/promises';
const file = new URL('delivered', import.meta.url);
export default { environments: { local: { target: 'local', orders: 50, worker: ${worker} } } };`,
  );
const delivering = `{ deliver: async ({ id, topic }) => appendFile(file, topic + ' ' + id + '\\n') }`;

const delivered = () => readFile(join(folder.path, 'delivered'), 'utf8').catch(() => '');
const emit = (topic: string) =>
  query(url, `insert into outbox_event (topic, aggregate_id) values ('${topic}', uuidv7())`);
const isDelivered = (topic: string) =>
  vi.waitFor(async () => expect(await delivered()).toContain(topic), { timeout: 20_000 });
const isRunning = async (pid: number) => (await processStart(pid)) !== undefined;
const status = async () => JSON.parse((await dms(folder.path, 'status', '--json')).stdout).worker;

beforeAll(async () => {
  folder = await scratchFolder();
});
afterAll(() => folder.remove());

let pid: number;

test('up --worker keeps a worker running, which delivers and maintains, and status shows it', async () => {
  await configure(delivering);
  const { code, stdout, stderr } = await dms(folder.path, 'up', '--worker', '--json');
  expect(stderr).not.toContain('worker.deliver');
  expect(code).toBe(0);
  const up = JSON.parse(stdout);
  pid = up.worker.pid;
  expect(up.worker).toMatchObject({ health: { role: 'leader', failing: [] } });
  expect(up.stages.validate.writer.totals).toMatchObject({ failed: 0, warnings: 0 });
  url = (await urlsIn(folder.path)).writer;
  await emit('test.first');
  await isDelivered('test.first');
  const { health } = await (async () => {
    await vi.waitFor(async () => expect((await status()).health.isReady).toBe(true), { timeout: 20_000 });
    return await status();
  })();
  expect(health).toMatchObject({ role: 'leader', failing: [] });
  expect((await dms(folder.path, 'status')).stdout).toMatch(
    new RegExp(`^Worker: process ${pid}, leader, oldest event waits for [0-9.]+ s$`, 'm'),
  );
  // Others may have a schema of their own beside the shop's.
  await query((await urlsIn(folder.path)).migrator, 'create schema team create table review (id int)');
  const validated = JSON.parse((await dms(folder.path, 'validate', '--json')).stdout);
  expect(validated.writer.totals).toMatchObject({ failed: 0, warnings: 0 });
  // No provider: the task `payments` has not the means.
  expect(await query(url, 'select task from maintenance_run where error is null')).toHaveLength(7);
});

test('a second worker takes over when the first is killed, and ends by SIGTERM', async () => {
  const second = new Dms(folder.path, ['worker', '--json']);
  await vi.waitFor(() => expect(second.stdout).toContain('"type":"standby"'), { timeout: 20_000 });
  process.kill(pid, 'SIGKILL');
  await vi.waitFor(() => expect(second.stdout).toContain('"type":"leading"'), { timeout: 10_000 });
  await emit('test.second');
  await isDelivered('test.second');
  expect(await status()).toMatchObject({ hasDied: true });
  expect((await dms(folder.path, 'status')).stdout).toContain("'dms up --worker' starts it again");
  second.kill('SIGTERM');
  const { code, stdout } = await second.ended;
  expect(code).toBe(0);
  for (const line of stdout.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('at');
  expect(stdout).toContain('"type":"stopped","isClean":true');
});

test('a worker that cannot start says why, and is not left behind', async () => {
  await configure(`{ intervals: { holds: 0 } }`);
  const { code, stderr } = await dms(folder.path, 'up', '--worker');
  expect(code).toBe(1);
  expect(stderr).toContain('The worker of');
  expect(stderr).toContain('intervals.holds');
  expect(await status()).toBeUndefined();
});

test('without a handler it maintains only, and says so', async () => {
  await configure('{}');
  const alone = new Dms(folder.path, ['worker']);
  expect(await alone.shows('no event is published')).toBe(true);
  await vi.waitFor(() => expect(alone.stdout).toContain('leads'), { timeout: 20_000 });
  await emit('test.third');
  alone.kill('SIGTERM');
  expect((await alone.ended).code).toBe(0);
  expect(await query(url, `select published_at from outbox_event where topic = 'test.third'`)).toEqual([
    { published_at: null },
  ]);
  expect((await dms(folder.path, 'up', '--worker')).stdout).toContain('no event is published');
  expect((await dms(folder.path, 'down')).code).toBe(0);
});

test('down stops the worker, and no other process that has its number now', async () => {
  await configure(delivering);
  const up = JSON.parse((await dms(folder.path, 'up', '--worker', '--json')).stdout);
  expect(await isRunning(up.worker.pid)).toBe(true);
  expect((await dms(folder.path, 'down')).code).toBe(0);
  expect(await isRunning(up.worker.pid)).toBe(false);
  await expect(readFile(recordFile())).rejects.toThrow('ENOENT');

  const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { stdio: 'ignore' });
  const start = 'of a process that has ended';
  await writeFile(recordFile(), JSON.stringify({ pid: other.pid, start, port: null }));
  expect((await dms(folder.path, 'down')).code).toBe(0);
  expect(await isRunning(other.pid ?? 0)).toBe(true);
  other.kill();
  await once(other, 'exit');
});

test('a worker whose environment does not name it any more ends by itself', async () => {
  const up = JSON.parse((await dms(folder.path, 'up', '--worker', '--json')).stdout);
  await rm(recordFile());
  await vi.waitFor(async () => expect(await isRunning(up.worker.pid)).toBe(false), { timeout: 30_000 });
});
