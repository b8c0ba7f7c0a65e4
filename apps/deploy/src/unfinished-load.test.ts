import { setTimeout } from 'node:timers/promises';
import { sampleCatalogPath } from '@ecommerce-dms/entities/catalog-import';
import { findUnfinishedRun, type UnfinishedRun } from '@ecommerce-dms/seeder';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Dms, dms, type Ended, followHint, query, scratchFolder, urlsIn } from '../test/dms.ts';

// 25 s for the longest on an idle machine, five times that on a busy one.
const timeout = 300_000;
const up = ['up', '--orders', '4000'];

let folder: Awaited<ReturnType<typeof scratchFolder>>;
let migrator: string;
let complete: string[];
async function makeShop(): Promise<void> {
  folder = await scratchFolder({
    local: { target: 'local' },
    test: { target: 'aws', orders: 4000, aws: { preset: 'test' } },
  });
  await dms(folder.path, 'up', '--orders', '0');
  ({ migrator } = await urlsIn(folder.path));
}
async function renewShop(): Promise<void> {
  await folder.remove();
  await makeShop();
}
beforeAll(async () => {
  await makeShop();
  complete = await readCatalog();
}, timeout);
// So that a test that fails leaves nothing to the next one.
beforeEach(async () => {
  const isUp = (await dms(folder.path, 'seed', '--undo')).code === 0;
  if (!isUp || !(await isEmptyShop())) await renewShop();
}, timeout);
afterAll(() => folder.remove());

/** Whether nothing is set aside, and nobody has ordered. */
async function isEmptyShop(): Promise<boolean> {
  const rows = await query(migrator, 'select from customer union all select from sales_order');
  return rows.length === 0 && (await readCatalog()).join() === complete.join();
}

/** All constraints, indexes and triggers, in SQL of the test's own. */
async function readCatalog(): Promise<string[]> {
  const rows = await query<{ line: string }>(
    migrator,
    `select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || convalidated as line
       from pg_constraint where connamespace = 'public'::regnamespace
     union all select indexdef from pg_indexes where schemaname = 'public'
     union all select pg_get_triggerdef(oid) || tgenabled::text from pg_trigger where not tgisinternal
     order by 1`,
  );
  return rows.map(({ line }) => line);
}

type Moment = (run: UnfinishedRun) => boolean;
const begun = (): Moment => () => true;
const without = (kind: UnfinishedRun['setAside'][number]['kind']) => (): Moment => {
  return ({ setAside }) => setAside.length > 0 && setAside.every((object) => object.kind !== kind);
};
function fewerThanAtFirst(): Moment {
  let first: number | undefined;
  return ({ setAside }) => setAside.length < (first ??= setAside.length);
}
const moments: Record<string, () => Moment> = {
  'as it begins': begun,
  'with some indexes back': fewerThanAtFirst,
  'with all indexes back': without('index'),
  'with all foreign keys back': without('foreign key'),
};

/** Waits for a moment of the load that the command has begun; false when the command has ended without being seen there. */
async function reaches(command: Dms, moment: Moment): Promise<boolean> {
  for (;;) {
    const run = await findUnfinishedRun({ url: migrator });
    if (run !== undefined && moment(run)) return true;
    if (command.process.exitCode !== null) return false;
    await setTimeout(5);
  }
}

/** Begins a command and has it reach a moment, which on a busy machine may take more than one try. */
async function reached(moment: () => Moment, args: string[], { onAws = false } = {}): Promise<Dms> {
  for (let attempt = 1; ; attempt++) {
    const command = new Dms(folder.path, args, onAws ? { DATABASE_URL: migrator } : {});
    if (await reaches(command, moment())) return command;
    const { code, stderr } = await command.ended;
    if (code !== 0 || attempt === 5) throw new Error(`It ended too early: ${stderr}`);
    await renewShop();
  }
}

async function killedAt(
  moment: () => Moment,
  args: string[] = up,
  options: { onAws?: boolean } = {},
): Promise<void> {
  const command = await reached(moment, args, options);
  command.kill('SIGKILL');
  await command.ended;
}

function expectUndone({ code, stderr }: Ended): void {
  expect(stderr).toMatch(/Undid the load of the plan 'shop' of .*: its rows are gone, \d+ foreign keys/);
  expect(stderr).not.toContain('unexpected error');
  expect(code).toBe(0);
}

test('kill -9 of `dms up` at moments of the load and of the import: `up` goes on', { timeout }, async () => {
  for (const [name, moment] of Object.entries(moments)) {
    await killedAt(moment);
    // Killed again when what the load has left is gone, at moments of the import.
    const command = new Dms(folder.path, up);
    expect(await command.shows('Importing the catalog'), name).toBe(true);
    expect(command.stderr, name).toContain("Undid the load of the plan 'shop'");
    await setTimeout(50 * Object.keys(moments).indexOf(name));
    command.kill('SIGKILL');
    await command.ended;
  }
  await killedAt(begun);
  expectUndone(await dms(folder.path, 'up', '--orders', '0'));
  expect(await readCatalog()).toEqual(complete);
});

describe('between a kill in the load and the next command', () => {
  test('a command that only reads changes nothing, and reports what is set aside', { timeout }, async () => {
    await killedAt(begun);
    const left = await readCatalog();
    expect(left.length).toBeLessThan(complete.length);

    const status = await dms(folder.path, 'status');
    expect(status.stdout).toMatch(
      /A load of the plan 'shop', begun .*, was cut off: \d\d foreign keys, \d\d indexes and \d\d triggers are set aside\. 'dms seed --undo' undoes it/,
    );
    const { unfinishedRun } = JSON.parse((await dms(folder.path, 'status', '--json')).stdout);
    expect(unfinishedRun).toMatchObject({ plan: 'shop', isRunning: false });
    expect(unfinishedRun.setAside).toContainEqual({
      kind: 'foreign key',
      name: 'order_line_order_id_foreign on public.order_line',
    });

    const validated = await dms(folder.path, 'validate');
    expect(validated.stdout).toMatch(/FAILED load\.unfinished/);
    expect(validated.stdout).toContain(`fix: Run 'dms seed --undo' before you fix anything else.`);
    // Findings, or the 1 of a check that needs one of the keys that are away.
    expect([1, 3]).toContain(validated.code);
    for (const look of [['alarms'], ['migrate', '--info'], ['migrate', '--dry-run']]) {
      const { code, stderr } = await dms(folder.path, ...look);
      expect(stderr).toContain('was cut off');
      expect(code).toBe(0);
    }
    expect(await readCatalog()).toEqual(left);
  });

  test.each([
    { command: 'seed', argument: '--undo' },
    { command: 'import', argument: sampleCatalogPath },
  ])('dms $command undoes the load first, and says so', { timeout }, async ({ command, argument }) => {
    await killedAt(begun);
    expectUndone(await dms(folder.path, command, argument));
    expect(await readCatalog()).toEqual(complete);
  });
});

test('`dms deploy` undoes what its own seed has left', { timeout }, async () => {
  await killedAt(without('index'), ['deploy', '--env', 'test', '--only', 'seed'], { onAws: true });
  const env = { DATABASE_URL: migrator };
  const status = await new Dms(folder.path, ['status', '--env', 'test'], env).ended;
  expect(status.stdout).toContain("'dms seed --undo --env test' undoes it");
  expectUndone(await new Dms(folder.path, ['deploy', '--env', 'test', '--only', 'migrate'], env).ended);
  expect(await readCatalog()).toEqual(complete);
});

describe('rows that others wrote between the load and its undoing', () => {
  const insert = `insert into customer (id, email) values (gen_random_uuid(), 'theirs@example.com')`;
  const refused = /not undone: that would delete rows which it did not write, .*: 1 in public\.customer\./;

  test('are not deleted by the next `up`, whose hint says how to go on', { timeout }, async () => {
    await killedAt(without('index'));
    await query(migrator, insert);
    expect((await dms(folder.path, 'down')).code).toBe(0);
    const { code, stderr } = await dms(folder.path, ...up);
    expect(stderr).toMatch(refused);
    expect(code).toBe(1);
    expect(await query(migrator, `select from customer where email = 'theirs@example.com'`)).toHaveLength(1);
    const [followed] = await followHint(folder.path, stderr);
    expect(followed?.code).toBe(0);
    expect(await readCatalog()).toEqual(complete);
    expect(await query(migrator, 'select from customer')).toEqual([]);
  });

  test('are not deleted by an interrupt either', { timeout }, async () => {
    const load = await reached(without('index'), ['seed', '--orders', '4000']);
    load.kill('SIGSTOP');
    await query(migrator, insert);
    load.kill('SIGINT');
    load.kill('SIGCONT');
    const { code, stderr } = await load.ended;
    expect(stderr).toMatch(refused);
    expect(code).toBe(1);
    const statement = /select \* from public\.customer where .*;/i.exec(stderr)?.[0] ?? '';
    expect(await query(migrator, statement)).toMatchObject([{ email: 'theirs@example.com' }]);
    await query(migrator, statement.replace(/select \*/i, 'delete'));
    expectUndone(await dms(folder.path, 'seed', '--undo'));
    expect(await readCatalog()).toEqual(complete);
  });
});

test('a load that is under way is left alone, and reported', { timeout }, async () => {
  const load = await reached(begun, ['seed', '--orders', '4000']);
  // It holds its locks and does nothing, so that the test has all the time that it needs.
  load.kill('SIGSTOP');
  const [status, validated, ...writing] = await Promise.all(
    [['status'], ['validate'], ['migrate'], ['seed', '--undo'], ['seed', '--orders', '10']].map((command) =>
      dms(folder.path, ...command),
    ),
  );
  expect(status?.stdout).toMatch(
    /A load of the plan 'shop', begun .*, is running: .* are set aside until it ends/,
  );
  expect(status?.stdout).not.toContain('cut off');
  expect(validated?.stderr).toContain("dms: A load of the plan 'shop'");
  expect(validated?.stderr).toContain("Wait for it to end, then 'dms validate' again.");
  expect(validated?.code).toBe(1);
  for (const { code, stderr } of writing) {
    expect(stderr).toContain('dms: Another run is loading data into this database.');
    expect(code).toBe(1);
  }
  load.kill('SIGCONT');
  expect((await load.ended).code).toBe(0);
  expect(await readCatalog()).toEqual(complete);
  expect((await dms(folder.path, 'validate')).code).toBe(0);
});
