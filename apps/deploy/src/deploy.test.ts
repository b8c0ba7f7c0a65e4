import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Dms, dms, type Ended, scratchFolder } from '../test/dms.ts';

// The stages of an environment on AWS that need a database, on the local servers: DATABASE_URL is all they go by.

let folder: Awaited<ReturnType<typeof scratchFolder>>;
let writer: string;
let reader: string;
beforeAll(async () => {
  folder = await scratchFolder();
  await writeFile(
    join(folder.path, 'dms.config.ts'),
    `export default { environments: {
       local: { target: 'local' },
       test: { target: 'aws', orders: 50, aws: { preset: 'test' } },
       production: { target: 'aws', orders: 50, aws: { preset: 'production' } },
     } };`,
  );
  const { urls } = JSON.parse((await dms(folder.path, 'up', '--orders', '0', '--json')).stdout);
  writer = urls.migrator;
  reader = Object.assign(new URL(writer), { port: new URL(urls.reader).port }).href;
});
afterAll(() => folder.remove());

function deploy(environment: string, ...flags: string[]): Promise<Ended> {
  return new Dms(folder.path, ['deploy', '--env', environment, '--json', ...flags], {
    DATABASE_URL: writer,
    DATABASE_READER_URL: reader,
  }).ended;
}

test('production gets no generated data, even when it is asked for', async () => {
  const { code, stdout } = await deploy('production', '--from', 'migrate', '--to', 'validate');
  expect(code).toBe(0);
  expect(Object.keys(JSON.parse(stdout).stages)).toEqual(['migrate', 'validate']);
  const asked = await deploy('production', '--only', 'seed');
  expect(asked.stderr).toContain('it is not seeded');
  expect(asked.code).toBe(2);
});

test('deploy goes through the stages of the database, each recorded; again it changes nothing', async () => {
  const { code, stdout, stderr } = await deploy('test', '--from', 'migrate', '--to', 'validate');
  expect(stderr).toContain('50 orders');
  expect(code).toBe(0);
  const { stages } = JSON.parse(stdout);
  expect(Object.keys(stages)).toEqual(['migrate', 'seed', 'validate']);
  expect(stages.validate.writer.totals).toMatchObject({ failed: 0, error: 0 });
  expect(stages.validate.reader.server.role).toBe('standby');
  const state = await readFile(join(folder.path, '.dms/test/run.json'), 'utf8');
  expect(Object.keys(JSON.parse(state).stages)).toEqual(Object.keys(stages));
  expect(state).not.toContain(new URL(writer).password);
  const again = JSON.parse((await deploy('test', '--from', 'migrate', '--to', 'seed')).stdout).stages;
  expect(again).toMatchObject({ migrate: { applied: [] }, seed: { orders: 50 } });
  expect(again.seed.loaded).toBeUndefined();
});

test('alarms says which right the role of DATABASE_URL lacks', async () => {
  const { code, stderr } = await deploy('test', '--only', 'alarms');
  expect(stderr).toContain('GRANT pg_monitor TO <role>');
  expect(code).toBe(1);
});

test('before anything is applied: synth, policy and cost need neither AWS nor a database', async () => {
  const { code, stdout } = await deploy('production', '--to', 'cost');
  expect(code).toBe(0);
  expect(JSON.parse(stdout).stages).toMatchObject({ policy: { findings: [] }, cost: { hours: 730 } });
});
