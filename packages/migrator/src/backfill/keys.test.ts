import fc from 'fast-check';
import { expect, test } from 'vitest';
import { column, openDatabase } from '../../test/fixtures.ts';
import { folderOf, migratorOf, writeFiles } from '../../test/folder.ts';
import { BatchStatements } from './batch-statements.ts';
import { type Backfill, readBackfill } from './backfill-file.ts';

/** What a column of a key may be, and what makes a value of a number. */
const types = {
  bigint: (n: string) => `(${n} * 7919 % 1009)::bigint`,
  text: (n: string) =>
    `(array['', 'a', 'A', 'ä', 'Z', '_', 'a b', '''', E'\\\\', '%', '{"', '~'])[1 + ${n} % 12] || ${n} % 7`,
  'text collate "C"': (n: string) => `chr(40 + ${n} * 31 % 200) || ${n} % 5`,
  'varchar(20)': (n: string) => `left(md5((${n} % 50)::text), 5)`,
  'char(8)': (n: string) => `left(md5((${n} % 40)::text), 3)`,
  uuid: (n: string) => `md5((${n} % 300)::text)::uuid`,
  'numeric(12, 3)': (n: string) => `(${n} * 37 % 411) / 8.0`,
  timestamptz: (n: string) =>
    `timestamptz '2026-03-29 00:30+01' + ${n} % 97 * interval '17 minutes 3.141592 s'`,
  date: (n: string) => `date '2026-01-01' + ${n} % 60`,
  interval: (n: string) => `${n} % 90 * interval '1 day 3 s'`,
  'double precision': (n: string) => `(${n} % 83) / 7.0`,
  bytea: (n: string) => `decode(md5((${n} % 70)::text), 'hex')`,
  boolean: (n: string) => `${n} % 2 = 0`,
  'int[]': (n: string) => `array[${n} % 11, ${n} % 3]`,
  inet: (n: string) => `inet '10.0.0.0' + ${n} * 13 % 500`,
};

const keyTypes = fc.array(fc.constantFrom(...(Object.keys(types) as (keyof typeof types)[])), {
  minLength: 1,
  maxLength: 3,
});

test('whatever the key is, the rows become what the plain statement makes of them', async () => {
  const { url, client } = await openDatabase();
  const folder = await folderOf({ 'M1.sql': 'create table first (id int)' });
  await (await migratorOf(url, folder)).up();
  // Keys are kept as text: settings of the user must not change how they are read back.
  await client.query(`alter database "${client.database}" set datestyle = 'sql, DMY'`);
  await client.query(`alter database "${client.database}" set timezone = 'Europe/Berlin'`);
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      keyTypes,
      fc.record({
        rows: fc.integer({ min: 0, max: 400 }),
        batchSize: fc.integer({ min: 1, max: 150 }),
        isPartitioned: fc.boolean(),
        deletes: fc.boolean(),
      }),
      async (key, { rows, batchSize, isPartitioned, deletes }) => {
        const name = `t${++run}`;
        const columns = key.map((type, index) => `k${index} ${type}`).join(', ');
        const names = key.map((_, index) => `k${index}`).join(', ');
        const values = key.map((type, index) => types[type](`(n + ${index * 13})`)).join(', ');
        await client.query(`
          create table ${name} (${columns}, value int, done int, primary key (${names})) ${isPartitioned ? `partition by hash (k0)` : ''};
          ${
            isPartitioned
              ? `create table ${name}_0 partition of ${name} for values with (modulus 2, remainder 0);
            create table ${name}_1 partition of ${name} for values with (modulus 2, remainder 1);`
              : ''
          }
          insert into ${name} select ${values}, n % 10 from generate_series(1, ${rows}) n on conflict do nothing;
          create table expected_${name} as table ${name};`);
        const change = (table: string) =>
          deletes
            ? `delete from ${table} x where x.value > 6`
            : `update ${table} as "X x" set done = "X x".value * 2 where value > 2 and done is null or value = 1 and done is null`;
        await writeFiles(folder, { [`backfills/${name}.sql`]: change(name) });
        await client.query(change(`expected_${name}`));
        await (await migratorOf(url, folder)).backfill(name, { batchSize, pauseMs: 0 });
        expect(
          await column(
            client,
            `(table ${name} except all table expected_${name})
          union all (table expected_${name} except all table ${name})`,
          ),
        ).toEqual([]);
        expect(
          await column(
            client,
            `select (select count(*) from ${name}) - (select count(*) from expected_${name})`,
          ),
        ).toEqual(['0']);
      },
    ),
    { numRuns: Number(process.env['KEY_RUNS'] ?? 20) },
  );
});

test('a batch reads its range of a composite key from the index, also without statistics', async () => {
  const { url, client } = await openDatabase();
  const folder = await folderOf({
    'backfills/fill.sql': 'update item set done = 1 where done is null',
    'M1.sql': `create table item (tenant int, id int, done int, primary key (tenant, id));
      insert into item select n % 3, n from generate_series(1, 30000) n;`,
  });
  await (await migratorOf(url, folder)).up();
  const read = await readBackfill('fill', `${folder}/backfills/fill.sql`);
  const { backfill } = read as { backfill: Backfill };
  const statements = new BatchStatements(backfill, [
    { name: 'tenant', type: 'integer' },
    { name: 'id', type: 'integer' },
  ]);
  const range = { after: ['1', '15000'], upTo: ['1', '18000'] };
  // As the session of a backfill.
  await client.query('set enable_seqscan = off');
  for (const statistics of ['', 'analyze item']) {
    await client.query(statistics);
    for (const { sql, params } of [
      statements.end(range.after, 1000),
      statements.change(range),
      statements.changeUnlocked(range),
      statements.countNeeding(range),
    ]) {
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${sql}`, [...params]);
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toMatch(/Index Cond: .*ROW\(.*tenant, .*id\) > ROW\(1, 15000\)/);
      expect(plan).not.toContain('Seq Scan');
    }
  }
});
