import { Migration } from '@mikro-orm/migrations';
import { expect, test } from 'vitest';
import { column, failure, openDatabase, openMigrator, states } from '../test/fixtures.ts';
import { migration } from '../test/migration.ts';

/** Its trigger runs at the end of the transaction, and finds `log` by the search path of the migration. */
const deferred = migration('Migration1', [
  'create table log (value int unique deferrable initially deferred)',
  'create table item (id int)',
  `create function log_item() returns trigger language plpgsql as $$
    begin
      insert into log values (new.id);
      return null;
    end $$`,
  `create constraint trigger log_item after insert on item deferrable initially deferred
    for each row execute function log_item()`,
]);

class Opaque extends Migration {
  override async up(): Promise<void> {
    await this.execute('insert into item values (1)');
  }
}

test.each([
  { way: 'in a transaction', inserting: migration('Migration2', ['insert into item values (1)']) },
  {
    way: 'statement by statement',
    inserting: migration('Migration2', ['insert into item values (1)', 'vacuum']),
  },
  { way: 'by its own code', inserting: { name: 'Migration2', class: Opaque } },
])('what is deferred to the end of a migration that runs $way sees its settings', async ({ inserting }) => {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, [deferred, inserting]);
  expect(await migrator.up()).toHaveLength(2);
  expect(await column(client, 'select value from log')).toEqual([1]);
});

test('what fails at the end of a migration is no failure of the ledger', async () => {
  const { url, client } = await openDatabase();
  const migrator = await openMigrator(url, [
    deferred,
    migration('Migration2', ['insert into log values (1), (1)']),
  ]);
  const { code, message } = await failure(migrator.up());
  expect(code).toBe('migration-failed');
  expect(message).toMatch(/at the commit, after 1 statements\n.*SQLSTATE 23505/);
  expect(await states(migrator)).toEqual(['Migration1 applied', 'Migration2 pending']);
  expect(await column(client, 'select value from log')).toEqual([]);
});
