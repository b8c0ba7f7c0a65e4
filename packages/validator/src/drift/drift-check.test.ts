import { defineEntity, MikroORM, p } from '@mikro-orm/postgresql';
import { expect, test } from 'vitest';
import { fixture, loginRole } from '../../test/fixture.ts';
import { catalogChecks, driftCheck, validate } from '../index.ts';

const Shelf = defineEntity({
  name: 'Shelf',
  properties: {
    id: p.integer().primary(),
    code: p.string().length(20).unique(),
    kind: p.enum(['cold', 'dry']).default('dry'),
  },
});

const Item = defineEntity({
  name: 'Item',
  checks: [{ name: 'item_amount_check', expression: 'amount >= 0' }],
  indexes: [{ name: 'item_label_index', properties: ['label'] }],
  properties: {
    id: p.bigint().primary(),
    shelf: () => p.manyToOne(Shelf).index('item_shelf_index'),
    label: p.string(),
    amount: p.integer().default(0),
    price: p.decimal().precision(10).scale(2).nullable(),
    bornAt: p.datetime().nullable(),
  },
  triggers: [
    {
      name: 'item_same',
      timing: 'before',
      events: ['update'],
      forEach: 'row',
      expression:
        'create trigger item_same before update on item for each row execute function suppress_redundant_updates_trigger()',
    },
  ],
});

const entities = [Shelf, Item];

/** A database as the entities say, and its drift after `sql`. */
async function drifted(sql: string) {
  const orm = new MikroORM({ entities, dbName: 'not-used' });
  const database = await fixture(await orm.schema.getCreateSchemaSQL({ wrap: false }));
  await database.execute(sql);
  const findings = async (url = database.url) => {
    const report = await validate({ url, checks: [driftCheck({ entities })] });
    expect(report.totals).toMatchObject({ error: 0, skipped: 0 });
    return report.checks[0]?.findings ?? [];
  };
  return { database, findings };
}

test('no drift right after the schema was made', async () => {
  const { findings } = await drifted('select 1');
  expect(await findings()).toEqual([]);
});

/** What was done to the database, and the finding that follows. */
const drifts = [
  {
    sql: 'alter table item drop column label',
    object: 'item',
    message: 'column label is missing',
    severity: 'error',
  },
  {
    sql: 'alter table item add column extra text',
    object: 'item',
    message: 'column extra is unknown to the entities',
    severity: 'warning',
  },
  {
    sql: 'alter table item alter amount type bigint',
    object: 'item',
    message: /column amount differs: type .*should be int/,
    severity: 'error',
  },
  {
    sql: 'alter table item alter amount drop not null',
    object: 'item',
    message: /column amount differs: nullable true/,
    severity: 'error',
  },
  {
    sql: 'alter table item alter amount set default 7',
    object: 'item',
    message: /column amount differs: default 7, should be 0/,
    severity: 'error',
  },
  {
    sql: 'alter table item rename column price to cost',
    object: 'item',
    message: 'column cost should have the name price',
    severity: 'error',
  },
  {
    sql: 'alter index item_label_index rename to label_index',
    object: 'item',
    message: 'index label_index should have the name item_label_index',
    severity: 'error',
  },
  { sql: `comment on table item is 'x'`, object: 'item', message: 'comment differs', severity: 'warning' },
  {
    sql: `comment on column item.amount is 'x'`,
    object: 'item',
    message: /column amount differs: comment x/,
    severity: 'warning',
  },
  {
    sql: 'drop index item_label_index',
    object: 'item',
    message: 'index item_label_index is missing',
    severity: 'error',
  },
  {
    sql: 'create index more on item (amount)',
    object: 'item',
    message: 'index more is unknown to the entities',
    severity: 'warning',
  },
  {
    sql: 'alter table item drop constraint item_amount_check',
    object: 'item',
    message: 'check item_amount_check is missing',
    severity: 'error',
  },
  {
    sql: 'alter table item drop constraint item_amount_check, add constraint item_amount_check check (amount > 9)',
    object: 'item',
    message: 'check item_amount_check differs',
    severity: 'error',
  },
  {
    sql: 'alter table shelf add constraint more check (id > 0)',
    object: 'shelf',
    message: 'check more is unknown to the entities',
    severity: 'warning',
  },
  {
    sql: 'alter table item drop constraint item_shelf_id_foreign',
    object: 'item',
    message: /foreign key .* is missing/,
    severity: 'error',
  },
  {
    sql: 'drop trigger item_same on item',
    object: 'item',
    message: 'trigger item_same is missing',
    severity: 'error',
  },
  { sql: 'drop table item', object: 'item', message: 'table is missing', severity: 'error' },
  {
    sql: 'create table other (id int primary key)',
    object: 'other',
    message: 'table is unknown to the entities',
    severity: 'warning',
  },
  {
    sql: 'create view seen as select 1 as one',
    object: 'seen',
    message: 'view is unknown to the entities',
    severity: 'warning',
  },
  {
    sql: 'alter table item enable row level security',
    object: 'item',
    message: /row-level security/,
    severity: 'error',
  },
];

test.each(drifts)('$sql', async ({ sql, object, message, severity }) => {
  const { database, findings } = await drifted(sql);
  const found = await findings();
  expect(found).toContainEqual(
    expect.objectContaining({
      object: expect.stringMatching(new RegExp(`^(public\\.)?${object}$`)),
      message: expect.stringMatching(message),
      severity,
    }),
  );
  // The fixes work, in the order of the findings.
  for (const { fix } of found) await database.execute(fix ?? '');
  expect(await findings()).toEqual([]);
});

test('a NOT VALID constraint is no drift: the catalog checks report it', async () => {
  const { findings } = await drifted(`alter table item drop constraint item_amount_check;
    alter table item add constraint item_amount_check check (amount >= 0) not valid`);
  expect(await findings()).toEqual([]);
});

test('a schema to ignore is no drift', async () => {
  const { database, findings } = await drifted('create schema others; create table others.item (id int)');
  expect((await findings()).map(({ object }) => object)).toEqual(['others.item', 'others']);
  const checks = [driftCheck({ entities, schemaGenerator: { ignoreSchema: ['others'] } })];
  expect((await validate({ url: database.url, checks })).checks).toMatchObject([{ state: 'passed' }]);
});

test('only the schemas that are named are compared', async () => {
  const { database } = await drifted(`create schema others; create table others.item (id int);
    create view others.seen as select 1 as one; create type others.mood as enum ('a');
    create function others.one() returns int language sql as 'select 1'; alter table item drop column label`);
  const checks = [driftCheck({ entities }, { schemas: ['public'] })];
  const [drift] = (await validate({ url: database.url, checks })).checks;
  expect(drift?.findings?.map(({ object }) => object)).toEqual(['item', 'item']);
});

test('a role without any privilege sees the same drift, and nothing is created', async () => {
  const { database, findings } =
    await drifted(`alter table item alter amount type bigint; drop index item_label_index;
    create table other (id int primary key, check (id > 0)); create view seen as select 1 as one;
    create schema others; create table others."a 'table" (id int primary key);`);
  const role = await loginRole(database);
  const objects = `select count(*)::int from pg_class`;
  const before = await database.execute(objects);
  const found = await findings(role.url);
  expect(found).toHaveLength(6);
  expect(found).toEqual(await findings());
  expect(await database.execute(objects)).toEqual(before);
});

test("another role's schema leaves neither drift nor sequences undecided", async () => {
  const database = await fixture(`create schema foreign_team; create schema audit_team;
    create table foreign_team.note (id bigint generated always as identity primary key, kind text default 'x');
    create view foreign_team.notes as select * from foreign_team.note;
    create table audit_team.log (id serial primary key);
    create table item (id serial primary key);`);
  const role = await loginRole(
    database,
    (name) => `grant select on all tables in schema public to ${name};
    grant select on all sequences in schema public to ${name}; grant usage on schema audit_team to ${name};`,
  );
  const Item = defineEntity({ name: 'Item', properties: { id: p.integer().primary() } });
  const report = await validate({
    url: role.url,
    checks: [driftCheck({ entities: [Item] }), ...catalogChecks()],
  });
  expect(report.totals).toMatchObject({ error: 0, skipped: 0, errors: 0 });
  const behind = report.checks.find(({ id }) => id === 'catalog.sequence-behind');
  expect(behind?.findings.map(({ object }) => object)).toEqual([
    'audit_team.log_id_seq',
    'foreign_team.note_id_seq',
  ]);
  // What was named must be decided.
  const named = await validate({ url: role.url, checks: catalogChecks({ schemas: ['audit_team'] }) });
  expect(named.totals).toMatchObject({ skipped: 2 });
  const own = await validate({ url: role.url, checks: catalogChecks({ schemas: ['public'] }) });
  expect(own.totals).toMatchObject({ skipped: 0, warnings: 0 });
});
