import { afterEach, expect, test } from 'vitest';
import { Dms, dms, scratchFolder } from '../test/dms.ts';

// The titles that the stages show when they begin.
const stages = [
  'Starting PostgreSQL',
  'Migrating the database',
  'Importing the catalog',
  'Generating data',
  'Validating writer and standby',
  'Evaluating the alarms',
  'Synthesizing the AWS stack',
];

const up = ['up', '--orders', '2000'];

let folder: Awaited<ReturnType<typeof scratchFolder>>;
afterEach(() => folder.remove());

// Half a minute for the longest on an idle machine, five times that on a busy one.
const timeout = 300_000;

async function writerPid(): Promise<number | undefined> {
  const { stdout } = await dms(folder.path, 'status', '--json');
  const status = JSON.parse(stdout);
  return status.running ? status.servers.nodes[0].pid : undefined;
}

test(
  'kill -9 of the standby: it is fixed while the data is loaded, and nothing waits for ever',
  { timeout },
  async () => {
    folder = await scratchFolder();
    expect((await dms(folder.path, 'up', '--orders', '0')).code).toBe(0);
    const { servers } = JSON.parse((await dms(folder.path, 'status', '--json')).stdout);
    const command = new Dms(folder.path, up);
    expect(await command.shows('Generating data')).toBe(true);
    process.kill(servers.nodes[1].pid, 'SIGKILL');
    const { code, stderr } = await command.ended;
    expect(stderr).toContain('2,000 orders');
    expect(code).toBe(0);
    await expectComplete();
  },
);

/** What an uninterrupted run leaves: complete data, and all checks passed on both servers. */
async function expectComplete(): Promise<void> {
  const { code, stdout, stderr } = await dms(folder.path, ...up, '--json');
  expect(stderr).toContain('ok  ');
  expect(code).toBe(0);
  const { stages } = JSON.parse(stdout);
  expect(stages.seed.orders).toBe(2000);
  expect(stages.validate.writer.totals).toMatchObject({ failed: 0, error: 0, skipped: 0 });
}

test('Ctrl-C in each stage stops all that was started; the same command goes on', { timeout }, async () => {
  folder = await scratchFolder();
  for (const stage of stages) {
    const command = new Dms(folder.path, up);
    expect(await command.shows(stage), stage).toBe(true);
    command.process.kill('SIGINT');
    const { code, stderr } = await command.ended;
    expect(stderr, stage).toContain('Interrupted.');
    expect(stderr, stage).not.toMatch(/^ +at /m);
    expect(code, stage).toBe(1);
    expect(await writerPid(), stage).toBeUndefined();
  }
  await expectComplete();
});

test('kill -9 of the command in each stage: the same command goes on', { timeout }, async () => {
  folder = await scratchFolder();
  for (const stage of stages) {
    const command = new Dms(folder.path, up);
    expect(await command.shows(stage), stage).toBe(true);
    command.process.kill('SIGKILL');
    await command.ended;
  }
  await expectComplete();
});

test(
  'kill -9 of the writer in each stage: a clear message, then the same command goes on',
  { timeout },
  async () => {
    folder = await scratchFolder();
    expect((await dms(folder.path, 'up', '--orders', '0')).code).toBe(0);
    for (const stage of stages.slice(1, -1)) {
      const pid = await writerPid();
      const command = new Dms(folder.path, up);
      expect(await command.shows(stage), stage).toBe(true);
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      const { code, stderr } = await command.ended;
      // A stage that was done before the server died is no failure.
      expect([0, 1], stage).toContain(code);
      expect(stderr, stage).not.toContain('unexpected error');
      expect((await dms(folder.path, 'up', '--orders', '0')).code, stage).toBe(0);
    }
    await expectComplete();
  },
);
