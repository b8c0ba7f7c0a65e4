import { readdirSync } from 'node:fs';
import { createTestDatabase, type TestDatabase } from '@ecommerce-dms/local-rds/testing';
import { MikroORM } from '@mikro-orm/postgresql';
import { afterEach, expect, test } from 'vitest';
import { migrateShop, shopTemplate, urlAs } from '../../test/shop-database.ts';
import { ormOptions } from '../orm-options.ts';
import { ownerRole, provisionRoles } from '../roles/index.ts';
import { migrations } from './index.ts';

let database: TestDatabase | undefined;
let orm: MikroORM | undefined;

afterEach(async () => {
  await orm?.close();
  orm = undefined;
  await database?.drop();
  database = undefined;
});

async function open(database: TestDatabase): Promise<MikroORM> {
  orm = await MikroORM.init({
    ...ormOptions({ url: urlAs(database.url, ownerRole) }),
    logger: () => undefined,
  });
  return orm;
}

const objects = `select relname as name from pg_class
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'S', 'v', 'm')
    and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = pg_class.oid and deptype = 'i')
  union all
  select proname from pg_proc where pronamespace = 'public'::regnamespace
    and not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = pg_proc.oid and deptype = 'e')
  union all
  select defaclacl::text from pg_default_acl`;

/** `price-lists` as a class has it. */
function className(words: string): string {
  return words.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

// With `-u` it writes the list.
test('the list has every migration of the folder, in order', async () => {
  const names = readdirSync(import.meta.dirname)
    .map((file) => /^(\d{14}-[\w-]+)\.ts$/.exec(file)?.[1])
    .filter((name) => name !== undefined)
    .toSorted();
  const classOf = (name: string) => className(name.slice(15));
  const list = [
    '// Written by migrations.test.ts, with `-u`.',
    `import type { MigrationObject } from '@mikro-orm/core';`,
    ...names.map((name) => `import { ${classOf(name)} } from './${name}.ts';`),
    '',
    `/** The migrations of the shop, in order, for MikroORM's \`migrationsList\`. Names never change once released. */`,
    `export const migrations: { name: string; class: MigrationObject['class'] }[] = [`,
    ...names.map((name) => `  { name: '${name}', class: ${classOf(name)} },`),
    '];',
    '',
  ];
  await expect(list.join('\n')).toMatchFileSnapshot('./migrations.ts');
});

test('migrations have unique names in order', () => {
  const names = migrations.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)].toSorted());
});

test('all migrations can be reverted, and applied again', async () => {
  database = await createTestDatabase({ template: shopTemplate });
  const orm = await open(database);
  await orm.migrator.down({ to: 0 });
  const left = await orm.em.fork().execute<{ name: string }[]>(objects);
  expect(left.map(({ name }) => name).filter((name) => !name.startsWith('migration_ledger'))).toEqual([]);
  await orm.migrator.up();
  expect(await orm.schema.getUpdateSchemaSQL({ wrap: false })).toBe('');
});

test('extensions that already exist are accepted', async () => {
  database = await createTestDatabase();
  await provisionRoles({ adminUrl: database.url });
  const admin = await MikroORM.init(ormOptions({ url: database.url }));
  for (const name of ['btree_gist', 'ltree', 'pg_trgm'])
    await admin.em.fork().execute(`create extension ${name}`);
  await admin.close();
  await migrateShop(database.url);
  const orm = await open(database);
  expect(await orm.schema.getUpdateSchemaSQL({ wrap: false })).toBe('');
});
