import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { fixture, loginRole } from '../../test/fixture.ts';
import { catalogChecks, type CatalogOptions, type Finding, validate } from '../index.ts';

/** What all catalog checks find in a database, by the check's id without its prefix. */
async function findingsOf(url: string, options: CatalogOptions = {}): Promise<Record<string, Finding[]>> {
  const report = await validate({ url, checks: catalogChecks(options) });
  expect(report.checks.filter((check) => check.state === 'error')).toEqual([]);
  return Object.fromEntries(
    report.checks
      .filter((check) => check.state === 'failed')
      .map((check) => [check.id.replace('catalog.', ''), check.findings]),
  );
}

const healthy = `
  create table parent (id int generated always as identity primary key, code text not null, unique (id, code));
  insert into parent (code) select 'c' || i from generate_series(1, 10) i;
  create table child (id bigserial primary key, parent_id int references parent, code text, note text,
    check (note <> ''), constraint child_parent foreign key (parent_id, code) references parent (id, code));
  -- Serves both foreign keys: parents are unique by id.
  create index child_parent_note on child (parent_id, note) where parent_id is not null;
  create table log (at date, id int, parent_id int references parent, primary key (at, id)) partition by range (at);
  create table log_2026 partition of log for values from ('2026-01-01') to ('2027-01-01');
  create index on log (parent_id);
  -- Invalid until each partition has its own: not a broken index.
  create index log_id on only log (id);
  create index child_note on child (note text_pattern_ops);
  create index child_note_lower on child (lower(note));
  create index child_note_desc on child (note desc);`;

test('a healthy schema has no finding', async () => {
  const { url } = await fixture(healthy);
  expect(await findingsOf(url)).toEqual({});
});

/** Each fault: the check that finds it, the SQL that makes it, the object that is named. */
const faults = [
  {
    check: 'invalid-index',
    sql: `update pg_index set indisvalid = false where indexrelid = 'child_note'::regclass`,
    object: 'child_note',
  },
  {
    check: 'not-valid-constraint',
    sql: `alter table child add constraint late check (id > 0) not valid`,
    object: 'child.late',
  },
  {
    check: 'not-valid-constraint',
    sql: `alter table child add constraint late foreign key (parent_id) references parent not valid`,
    object: 'child.late',
  },
  { check: 'disabled-trigger', sql: `alter table child disable trigger all`, object: 'child.child_parent' },
  {
    check: 'disabled-trigger',
    sql: `create trigger mine before update on child for each row execute function suppress_redundant_updates_trigger();
     alter table child enable replica trigger mine`,
    object: 'child.mine',
  },
  {
    check: 'unindexed-foreign-key',
    sql: `alter table parent add boss_id int constraint boss references parent; create index on parent (code, boss_id)`,
    object: 'parent.boss',
  },
  {
    check: 'unindexed-foreign-key',
    sql: `alter table child drop constraint child_parent_id_fkey; drop index child_parent_note; create index on child (parent_id) where note is not null`,
    object: 'child.child_parent',
  },
  {
    check: 'unindexed-foreign-key',
    sql: `alter table parent add boss_id int constraint boss references parent; comment on constraint boss on parent is 'No index: '`,
    object: 'parent.boss',
  },
  {
    check: 'duplicate-index',
    sql: `create index child_same on child (note text_pattern_ops)`,
    object: 'child_same',
  },
  {
    check: 'duplicate-index',
    sql: `create index child_prefix on child (parent_id) where parent_id is not null`,
    object: 'child_prefix',
  },
  { check: 'duplicate-index', sql: `create index parent_key on parent (id)`, object: 'parent_key' },
  { check: 'no-primary-key', sql: `create table bare (id int)`, object: 'bare' },
  { check: 'sequence-behind', sql: `select setval('parent_id_seq', 5)`, object: 'parent_id_seq' },
  {
    check: 'sequence-behind',
    sql: `create sequence number_seq; alter table parent add number int default nextval('number_seq');
     update parent set number = 100`,
    object: 'number_seq',
  },
  { check: 'sequence-near-end', sql: `select setval('parent_id_seq', 2000000000)`, object: 'parent_id_seq' },
  { check: 'public-grant', sql: `grant select, update on child to PUBLIC`, object: 'child' },
  { check: 'public-grant', sql: `grant select (note) on child to PUBLIC`, object: 'child.note' },
  { check: 'public-grant', sql: `grant create on schema public to PUBLIC`, object: 'schema public' },
  { check: 'public-grant', sql: `grant USAGE on sequence child_id_seq to PUBLIC`, object: 'child_id_seq' },
];

test.each(faults)('$check: $sql', async ({ check, sql, object }) => {
  const { url, execute } = await fixture(healthy);
  await execute(sql);
  const found = await findingsOf(url);
  expect(Object.keys(found)).toEqual([check]);
  expect(found[check]?.map((finding) => finding.object)).toContain(object);
  // The fixes work.
  for (const { fix } of found[check] ?? []) {
    for (const statement of (fix ?? '').split(/(?<=;) /)) await execute(statement);
  }
  expect(await findingsOf(url)).toEqual({});
});

test('a foreign key that says why it has no index needs none', async () => {
  const { url, execute } = await fixture(healthy);
  await execute('alter table parent add boss_id int constraint boss references parent');
  await execute(`comment on constraint boss on parent is 'No index: nobody is deleted.'`);
  expect(await findingsOf(url)).toEqual({});
});

test('an index that is being built is not reported', async () => {
  const { url, execute } = await fixture(healthy);
  const blocker = new Client(url);
  const builder = new Client(url);
  onTestFinished(() => blocker.end().then(() => builder.end()));
  await Promise.all([blocker.connect(), builder.connect()]);
  await blocker.query('begin; update parent set code = code');
  const built = builder.query('create index concurrently parent_code on parent (code)');
  built.catch(() => undefined);
  const invalid = `select count(*)::int from pg_index where not indisvalid and indexrelid::regclass::text = 'parent_code'`;
  await expect.poll(() => execute(invalid)).toEqual([{ count: 1 }]);
  expect(await findingsOf(url)).toEqual({});
  await blocker.query('commit');
  await built;
});

test('an age over the limit is a warning', async () => {
  const { url } = await fixture(healthy);
  const found = await findingsOf(url, { maxTransactionAge: 0 });
  expect(found['wraparound']).toMatchObject([{ severity: 'warning' }, { severity: 'warning' }]);
});

test('an outdated extension is found', async () => {
  const { url } = await fixture(`create extension pg_trgm version '1.3'`);
  expect((await findingsOf(url))['outdated-extension']).toMatchObject([
    { object: 'extension pg_trgm', fix: 'alter extension pg_trgm update;' },
  ]);
});

test('a role without privileges sees the same, except for sequences, which are skipped', async () => {
  const database = await fixture(`${healthy} create index child_same on child (note text_pattern_ops);
    alter table child disable trigger all;`);
  const { url } = await loginRole(database);
  const mine = await validate({ url, checks: catalogChecks() });
  const superuser = await validate({ url: database.url, checks: catalogChecks() });
  const skipped = mine.checks.filter((check) => check.state === 'skipped').map((check) => check.id);
  expect(skipped).toEqual(['catalog.sequence-behind', 'catalog.sequence-near-end']);
  const rest = (report: typeof mine) => report.checks.filter((check) => !skipped.includes(check.id));
  expect(rest(mine)).toEqual(rest(superuser));
});
