import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineEntity, type EntitySchema, p, SchemaGenerator } from '@mikro-orm/postgresql';
import fc from 'fast-check';
import type { Client } from 'pg';
import { expect, test } from 'vitest';
import { column, openDatabase } from '../../test/fixtures.ts';
import { folderOf, migratorOf } from '../../test/folder.ts';
import type { Finding } from '../lint/finding.ts';
import type { Migrator } from '../migrator.ts';
import type { CreatedFile } from './write-files.ts';
import { readManagedSchema } from './managed-schema.ts';

/** How a column of an entity is declared. */
interface Declaration {
  nullable: boolean;
  hasDefault: boolean;
  index: 'none' | 'index' | 'unique';
}

type Kind = keyof typeof kinds;

/** An entity by its columns. */
interface Definition {
  columns: Partial<Record<Kind, Declaration>>;
  enumValues: string[];
  check: 'none' | 'positive' | 'not negative';
  compositeIndex: 'none' | 'one way' | 'other way' | 'unique';
  isReferring: 'no' | 'yes' | 'required';
}

/** For each column: its property, a default, and an expression of a value that differs by a number. */
const kinds = {
  title: { property: () => p.text(), fallback: `'none'`, value: (n: string) => `'t' || ${n}` },
  count: { property: () => p.integer(), fallback: '5', value: (n: string) => n },
  price: {
    property: () => p.decimal().precision(12).scale(2),
    fallback: '0.5',
    value: (n: string) => `${n} + 0.25`,
  },
  code: { property: () => p.string().length(40), fallback: `'x'`, value: (n: string) => `'c' || ${n}` },
  seen: {
    property: () => p.datetime(),
    fallback: 'now()',
    value: (n: string) => `timestamptz 'epoch' + ${n} * interval '1 day'`,
  },
  token: {
    property: () => p.uuid(),
    fallback: 'gen_random_uuid()',
    value: (n: string) => `md5(${n}::text)::uuid`,
  },
  flag: { property: () => p.boolean(), fallback: 'true', value: () => 'false' },
  kind: { property: (values: string[]) => p.enum(values), fallback: `'a'`, value: () => `'a'` },
  mood: {
    property: (values: string[]) => p.enum(values).nativeEnumName('mood'),
    fallback: `'a'`,
    value: () => `'a'`,
  },
} as const;
const repeating = new Set<Kind>(['flag', 'kind', 'mood']);

const Owner = defineEntity({ name: 'Owner', properties: { id: p.integer().primary() } });

function entityOf({ columns, enumValues, check, compositeIndex, isReferring }: Definition): EntitySchema {
  const properties: Record<string, unknown> = { id: p.integer().primary() };
  for (const [name, { nullable, hasDefault, index }] of Object.entries(columns)) {
    const { property, fallback } = kinds[name as Kind];
    // The builders of kinds are of different types.
    // oxlint-disable-next-line typescript/no-explicit-any
    let built: any = property(enumValues);
    if (nullable) built = built.nullable();
    if (hasDefault) built = built.defaultRaw(fallback);
    if (index === 'index') built = built.index();
    if (index === 'unique') built = built.unique();
    properties[name] = built;
  }
  if (isReferring !== 'no') {
    properties['owner'] = () =>
      isReferring === 'yes' ? p.manyToOne(Owner).nullable() : p.manyToOne(Owner).deleteRule('cascade');
  }
  const hasBoth = columns.title !== undefined && columns.count !== undefined;
  const order = compositeIndex === 'one way' ? ['title', 'count'] : ['count', 'title'];
  return defineEntity({
    name: 'Item',
    properties: properties as { id: ReturnType<typeof p.integer> },
    checks:
      check === 'none' || columns.count === undefined
        ? []
        : [
            {
              name: 'item_count_check',
              expression: check === 'positive' ? 'count > 0' : 'count between 0 and 1000',
            },
          ],
    indexes:
      hasBoth && /way/.test(compositeIndex) ? [{ name: 'item_both', properties: order as ['id'] }] : [],
    uniques:
      hasBoth && compositeIndex === 'unique' ? [{ name: 'item_both', properties: order as ['id'] }] : [],
  }) as unknown as EntitySchema;
}

const declaration = (kind: Kind): fc.Arbitrary<Declaration | undefined> =>
  fc.option(
    fc
      .record({
        nullable: fc.boolean(),
        hasDefault: fc.boolean(),
        index: fc.constantFrom('none' as const, 'index' as const, 'unique' as const),
      })
      .map((each) => ({
        ...each,
        // Rows that get the same value would break it.
        index: each.index === 'unique' && (repeating.has(kind) || each.hasDefault) ? 'index' : each.index,
      })),
    { nil: undefined, freq: 3 },
  );

const definition: fc.Arbitrary<Definition> = fc.record({
  columns: fc
    .record(Object.fromEntries(Object.keys(kinds).map((kind) => [kind, declaration(kind as Kind)])))
    .map((all) => Object.fromEntries(Object.entries(all).filter(([, each]) => each !== undefined))),
  enumValues: fc.constantFrom(['a'], ['a', 'b'], ['a', 'b', 'c']),
  check: fc.constantFrom('none', 'positive', 'not negative'),
  compositeIndex: fc.constantFrom('none', 'one way', 'other way', 'unique'),
  isReferring: fc.constantFrom('no', 'yes', 'required'),
});

/** Writes rows as a release with the entities would. */
async function insertRows(
  client: Client,
  { columns, isReferring }: Definition,
  numbers: readonly number[],
): Promise<void> {
  for (const number of numbers) {
    const values = Object.entries(columns).map(([name, { nullable }]) => [
      name,
      nullable && number % 3 === 2 ? 'null' : kinds[name as Kind].value(String(number)),
    ]);
    if (isReferring !== 'no')
      values.push(['owner_id', isReferring === 'yes' && number % 3 === 2 ? 'null' : '1']);
    const names = values.map(([name]) => name).join(', ');
    await client.query(
      values.length === 0
        ? 'insert into item default values'
        : `insert into item (${names}) values (${values.map(([, value]) => value).join(', ')})`,
    );
  }
}

/** Puts the values into the backfills. */
async function fill(folder: string, backfills: readonly CreatedFile[]): Promise<void> {
  for (const { fileName, isOpen } of backfills) {
    if (isOpen !== true) continue;
    const path = join(folder, fileName);
    const text = await readFile(path, 'utf8');
    const name = / set (\w+) = /.exec(text)?.[1] ?? '';
    const value = name === 'owner_id' ? '2' : kinds[name as Kind].value('id');
    await writeFile(path, text.replace(/\/\*.*\*\//, value));
  }
}

/** What the live database lacks of the entities. */
async function missing(migrator: Migrator): Promise<string> {
  const generator = new SchemaGenerator(migrator['em']);
  const { schema } = await readManagedSchema(migrator['driver'], generator, ['public.migration_ledger']);
  return (await generator.getUpdateSchemaMigrationSQL({ wrap: false, fromSchema: schema })).up;
}

/** Rows keep the values of their enums, and no key is broken by a default that is the same for all rows. */
function keepPossible(before: Definition, after: Definition): void {
  if (before.enumValues.length > after.enumValues.length) after.enumValues = before.enumValues;
  for (const [name, declared] of Object.entries(after.columns)) {
    if (before.columns[name as Kind]?.index === 'unique') declared.hasDefault = false;
  }
  if (after.columns.count && [before, after].some(({ compositeIndex }) => compositeIndex === 'unique'))
    after.columns.count.hasDefault = false;
}

/** The columns that the next release does not write, and without which no row can be. */
function forgotten(before: Definition, after: Definition): string[] {
  const columns = Object.entries(before.columns)
    .filter(([name, { nullable, hasDefault }]) => !(name in after.columns) && !nullable && !hasDefault)
    .map(([name]) => name);
  if (before.isReferring === 'required' && after.isReferring === 'no') columns.push('owner_id');
  return columns.map((name) => `column:public.item.${name}`);
}

/** A nullable property cannot be had without this one. */
function unexpected(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ code }) => code !== 'not-null-dropped');
}

test('any change reaches the entities on a database with rows, lint finds nothing, and nothing is left to create', async () => {
  await fc.assert(
    fc.asyncProperty(definition, definition, async (before, after) => {
      keepPossible(before, after);
      const { url, client } = await openDatabase();
      const folder = await folderOf({});
      const as = (state: Definition): Promise<Migrator> =>
        migratorOf(url, folder, { entities: [Owner, entityOf(state)] });
      await (await as(before)).create();
      await (await as(before)).up();
      await client.query('insert into owner select from generate_series(1, 3)');
      await insertRows(client, before, [1, 2, 3]);

      const { files, warnings, ineffective } = await (
        await as(after)
      ).create({ name: 'change', optional: forgotten(before, after) });
      expect(ineffective).toEqual([]);
      expect(unexpected(warnings)).toEqual([]);
      expect(unexpected(await (await as(after)).lint({ smallTableRows: 0 }))).toEqual([]);

      // The previous release writes until the last file, and the next one from the first ones on.
      const validate = files.findIndex(({ phase }) => phase === 'backfill' || phase === 'validate');
      const expanding = files.slice(0, validate === -1 ? files.length : validate);
      const last = expanding.at(-1);
      if (last !== undefined) await (await as(after)).up({ to: last.fileName });
      await insertRows(client, before, [4, 5, 6]);
      await insertRows(client, after, [7, 8, 9]);
      await fill(
        folder,
        files.filter(({ phase }) => phase === 'backfill'),
      );
      await (await as(after)).backfill();
      await (await as(after)).up();

      expect(await missing(await as(after))).toBe('');
      expect(await (await as(after)).create()).toMatchObject({ files: [], required: [], ineffective: [] });
      expect(await column(client, 'select conname from pg_constraint where not convalidated')).toEqual([]);
      expect(await column(client, 'select indexrelid::regclass from pg_index where not indisvalid')).toEqual(
        [],
      );
      expect(await column(client, 'select count(*)::int from item')).toEqual([9]);
    }),
    { numRuns: Number(process.env['MIGRATOR_CHANGES'] ?? 4) },
  );
}, 600_000);
