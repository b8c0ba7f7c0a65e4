import { Migration } from '@mikro-orm/migrations';
import { expect, test } from 'vitest';
import { column, failure, openDatabase, openMigrator, states, until } from '../test/fixtures.ts';
import { type ListedMigration, migration } from '../test/migration.ts';

const setUp = migration('Migration1', [
  'create table item (id int)',
  `create procedure fill(numbers int) language plpgsql as $$
   begin for id in 1..numbers loop insert into item values (id); commit; end loop; end $$`,
  `create procedure fail_half() language plpgsql as $$
   begin insert into item values (1); commit; insert into item select id from nothing; end $$`,
  `create procedure fill_slowly() language plpgsql as $$
   begin insert into item values (1); commit; perform pg_sleep(60); end $$`,
]);

function outside(...statements: string[]): ListedMigration {
  class Outside extends Migration {
    override up(): void {
      for (const sql of statements) this.addSql(sql);
    }
    override isTransactional(): boolean {
      return false;
    }
  }
  return { name: 'Migration2', class: Outside };
}

test('CALL and DO with COMMIT run when isTransactional() is false', async () => {
  const { url, client } = await openDatabase();
  const block = 'do $$ begin insert into item values (4); commit; insert into item values (5); end $$';
  const migrator = await openMigrator(url, [
    setUp,
    outside('call fill(3)', block, 'insert into item values (6)'),
  ]);
  await migrator.up();
  expect(await column(client, 'select id from item order by id')).toEqual([1, 2, 3, 4, 5, 6]);
  expect(await states(migrator)).toEqual(['Migration1 applied', 'Migration2 applied']);
});

test('in a transactional migration they fail, and the hint names the cure', async () => {
  const { url } = await openDatabase();
  const migrator = await openMigrator(url, [setUp, migration('Migration2', ['call fill(3)'])]);
  const { message, hint } = await failure(migrator.up());
  expect(message).toContain('SQLSTATE 2D000');
  expect(hint).toContain('isTransactional() returns false');
});

test.each([
  { unfinished: 'again', rows: [1, 1, 7] },
  { unfinished: 'done', rows: [1, 7] },
] as const)(
  'one that failed half-way is refused until it is said to be $unfinished',
  async ({ unfinished, rows }) => {
    const { url, client } = await openDatabase();
    const migrator = await openMigrator(url, [
      setUp,
      outside('call fail_half()', 'insert into item values (7)'),
    ]);
    expect((await failure(migrator.up())).message).toContain('relation "nothing" does not exist');
    await client.query('create table nothing (id int)');
    const { code, message, hint } = await failure(migrator.up());
    expect(code).toBe('migration-unfinished');
    expect(message).toContain('came to "call fail_half()" and did not end it');
    expect(hint).toContain(`migrator up --unfinished ${unfinished}\``);
    expect(await column(client, 'select id from item order by id')).toEqual([1]);
    await migrator.up({ unfinished });
    expect(await column(client, 'select id from item order by id')).toEqual(rows);
    expect(await states(migrator)).toEqual(['Migration1 applied', 'Migration2 applied']);
  },
);

test('one that was interrupted says that it is not known how far it got', async () => {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, [setUp, outside('call fill_slowly()')]);
  await migrator.up({ to: 'Migration1' });
  const controller = new AbortController();
  const run = failure(migrator.up({ signal: controller.signal }));
  await until(client, 'exists (select from item)');
  controller.abort();
  const { code, message, hint } = await run;
  expect(code).toBe('migration-interrupted');
  expect(message).toContain('It commits by itself, so it is not known how far it got.');
  expect(hint).toContain('migrator up --unfinished done`');
  expect((await failure(migrator.up())).code).toBe('migration-unfinished');
  await migrator.up({ unfinished: 'done' });
  expect(await states(migrator)).toEqual(['Migration1 applied', 'Migration2 applied']);
});
