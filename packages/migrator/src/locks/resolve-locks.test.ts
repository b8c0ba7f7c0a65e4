import { expect, test } from 'vitest';
import { openClient, openDatabase } from '../../test/fixtures.ts';
import { parseStatements } from '../parse-statements.ts';
import { conflictingLocks, lockModes, lockNumber } from './lock-mode.ts';
import { resolveLocks } from './resolve-locks.ts';

const schema = `
  create table parent (id int primary key, code int unique);
  create table child (id int primary key, parent int constraint to_parent references parent, code int references parent (code), name text);
  create table part (at int, parent int references parent) partition by range (at);
  create table part1 partition of part for values from (0) to (10);
  create table part_default partition of part default;
  create table loose (at int, parent int);
  create table "Odd ""name" (id int);
  create index child_name on child (name);
  create view over_child as select id, name from child;
  create view over_view as select id from over_child;
  create materialized view summary as select count(*) as n from child;
  create unique index summary_n on summary (n);
  create function f() returns trigger language plpgsql as $$ begin return new; end $$;
  create trigger t before insert on child for each row execute function f();
  create policy p on child;
  create rule r as on update to loose do also nothing;
  create schema other; create table other.thing (id int references parent); create view other.v as select 1 as x;`;

/** What the parse tree and the catalog say must be what the server locks against others: that is the check. */
test.each([
  { sql: 'alter table child add x int' },
  { sql: 'alter table child add x int references parent' },
  { sql: 'alter table child add constraint c foreign key (id) references parent not valid' },
  { sql: 'alter table child add constraint c check (id > 0)' },
  { sql: 'alter table child validate constraint to_parent' },
  { sql: 'alter table child drop constraint to_parent' },
  { sql: 'alter table parent drop constraint parent_pkey cascade' },
  { sql: 'alter table child drop column parent' },
  { sql: 'alter table child drop column name cascade' },
  { sql: 'alter table parent alter code type bigint' },
  { sql: 'alter table child alter id set default 1' },
  { sql: 'alter table child alter name set statistics 10' },
  { sql: 'alter table child set (fillfactor = 50)' },
  { sql: 'alter table child disable trigger t' },
  { sql: 'alter table child enable row level security' },
  { sql: 'alter table child rename name to title' },
  { sql: 'alter table child rename to kid' },
  { sql: 'alter table child set schema other' },
  { sql: 'alter index child_name rename to child_title' },
  { sql: 'alter table "Odd ""name" add x int' },
  { sql: 'alter table part add x int' },
  { sql: 'alter table part attach partition loose for values from (10) to (20)' },
  { sql: 'alter table part detach partition part1' },
  { sql: 'alter table other.thing add x int' },
  { sql: 'set local search_path = other; alter table thing add x int' },
  { sql: 'create table x (id int references parent, foreign key (id) references parent (code))' },
  { sql: 'create table part2 partition of part for values from (20) to (30)' },
  { sql: 'create table heir () inherits (loose)' },
  { sql: 'create index i on child (name)' },
  { sql: 'create index i on part (at)' },
  { sql: 'create trigger u before update on child for each row execute function f()' },
  { sql: 'create policy q on child' },
  { sql: 'create rule s as on delete to loose do also nothing' },
  { sql: 'create statistics st on id, name from child' },
  { sql: `comment on column child.name is 'x'` },
  { sql: `comment on table child is 'x'` },
  { sql: 'create or replace view over_view as select id from over_child' },
  { sql: 'refresh materialized view summary' },
  { sql: 'refresh materialized view concurrently summary' },
  { sql: 'drop index child_name' },
  { sql: 'drop table child cascade' },
  { sql: 'drop table part' },
  { sql: 'drop view over_view' },
  { sql: 'drop trigger t on child' },
  { sql: 'drop policy p on child' },
  { sql: 'drop rule r on loose' },
  { sql: 'drop schema other cascade' },
  { sql: 'truncate child, loose' },
  { sql: 'truncate parent cascade' },
  { sql: 'reindex index child_name' },
  { sql: 'reindex table child' },
  { sql: 'alter index child_name set (fillfactor = 50)' },
  { sql: 'analyze child' },
  { sql: 'cluster child using child_name' },
  { sql: 'lock table child, parent in share mode' },
  { sql: `insert into child (id) values (1)` },
  { sql: `with gone as (delete from loose returning at) update child set name = 'x' from gone` },
  { sql: 'create publication pub for table child' },
])('the locks of "$sql" are known before it runs', async ({ sql }) => {
  const { client } = await openDatabase();
  await client.query(schema);
  const query = async (text: string, params: readonly unknown[] = []) => {
    let index = 0;
    const { rows } = await client.query(
      text.replaceAll('?', () => `$${++index}`),
      [...params],
    );
    return rows;
  };
  const locks = await resolveLocks({ query }, await parseStatements(sql));
  expect(locks.map(({ name }) => name)).toEqual(locks.map(({ name }) => name).sort());
  const { rows: existing } = await client.query<{ oid: string; name: string; row: string }>(
    `select c.oid::text, format('%I.%I', n.nspname, c.relname) as name from pg_class c
     join pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ('public', 'other') and c.relkind in ('r', 'p', 'v', 'm')`,
  );
  await client.query('begin');
  await client.query(sql);
  const { rows: held } = await client.query<{ relation: string; mode: string }>(
    `select relation::text, mode from pg_locks where locktype = 'relation' and pid = pg_backend_pid()`,
  );
  await client.query('rollback');
  const known = new Map(locks.map(({ oid, mode }) => [`${oid}`, mode]));
  const missing = held.flatMap(({ relation, mode }) => {
    const name = existing.find(({ oid }) => oid === relation)?.name;
    const found = lockModes.find((each) => nameInPgLocks(each) === mode) ?? 'access exclusive';
    // Those up to `row exclusive` wait for hardly anything.
    if (name === undefined || lockNumber(found) <= 3) return [];
    const expected = known.get(relation);
    return expected !== undefined && lockNumber(expected) >= lockNumber(found)
      ? []
      : [`${name}: ${mode}, not ${expected}`];
  });
  expect(missing).toEqual([]);
  const tooStrong = locks.flatMap(({ oid, name, mode }) => {
    const modes = held.filter(({ relation }) => relation === `${oid}`).map((each) => each.mode);
    const isHeld = lockModes.some(
      (each) => lockNumber(each) >= lockNumber(mode) && modes.includes(nameInPgLocks(each)),
    );
    return isHeld || lockNumber(mode) <= 3 || !existing.some((each) => each.oid === `${oid}`)
      ? []
      : [`${name}: ${mode}, held: ${modes.join(', ')}`];
  });
  expect(tooStrong).toEqual([]);
});

function nameInPgLocks(mode: string): string {
  return `${mode.replaceAll(/(?:^| )(\w)/g, (_match, letter: string) => letter.toUpperCase())}Lock`;
}

test('the modes that conflict are those of the server', async () => {
  const { url, client } = await openDatabase();
  const other = await openClient(url);
  await client.query('create table item (id int)');
  for (const held of lockModes) {
    await client.query(`begin; lock table item in ${held} mode`);
    for (const wanted of lockModes) {
      await other.query('begin');
      const isRefused = await other.query(`lock table item in ${wanted} mode nowait`).then(
        () => false,
        () => true,
      );
      await other.query('rollback');
      expect({ held, wanted, conflicts: conflictingLocks(wanted).includes(nameInPgLocks(held)) }).toEqual({
        held,
        wanted,
        conflicts: isRefused,
      });
    }
    await client.query('rollback');
  }
});
