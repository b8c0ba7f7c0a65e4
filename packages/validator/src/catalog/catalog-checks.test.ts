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

const HEALTHY = `
  CREATE TABLE parent (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code text NOT NULL, UNIQUE (id, code));
  INSERT INTO parent (code) SELECT 'c' || i FROM generate_series(1, 10) i;
  CREATE TABLE child (id bigserial PRIMARY KEY, parent_id int REFERENCES parent, code text, note text,
    CHECK (note <> ''), CONSTRAINT child_parent FOREIGN KEY (parent_id, code) REFERENCES parent (id, code));
  -- Serves both foreign keys: parents are unique by id.
  CREATE INDEX child_parent_note ON child (parent_id, note) WHERE parent_id IS NOT NULL;
  CREATE TABLE log (at date, id int, parent_id int REFERENCES parent, PRIMARY KEY (at, id)) PARTITION BY RANGE (at);
  CREATE TABLE log_2026 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE INDEX ON log (parent_id);
  -- Invalid until each partition has its own: not a broken index.
  CREATE INDEX log_id ON ONLY log (id);
  CREATE INDEX child_note ON child (note text_pattern_ops);
  CREATE INDEX child_note_lower ON child (lower(note));
  CREATE INDEX child_note_desc ON child (note DESC);`;

test('a healthy schema has no finding', async () => {
  const { url } = await fixture(HEALTHY);
  expect(await findingsOf(url)).toEqual({});
});

/** Each fault: the check that finds it, the SQL that makes it, the object that is named. */
const FAULTS = [
  {
    check: 'invalid-index',
    sql: `UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'child_note'::regclass`,
    object: 'child_note',
  },
  {
    check: 'not-valid-constraint',
    sql: `ALTER TABLE child ADD CONSTRAINT late CHECK (id > 0) NOT VALID`,
    object: 'child.late',
  },
  {
    check: 'not-valid-constraint',
    sql: `ALTER TABLE child ADD CONSTRAINT late FOREIGN KEY (parent_id) REFERENCES parent NOT VALID`,
    object: 'child.late',
  },
  { check: 'disabled-trigger', sql: `ALTER TABLE child DISABLE TRIGGER ALL`, object: 'child.child_parent' },
  {
    check: 'disabled-trigger',
    sql: `CREATE TRIGGER mine BEFORE UPDATE ON child FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
     ALTER TABLE child ENABLE REPLICA TRIGGER mine`,
    object: 'child.mine',
  },
  {
    check: 'unindexed-foreign-key',
    sql: `ALTER TABLE parent ADD boss_id int CONSTRAINT boss REFERENCES parent; CREATE INDEX ON parent (code, boss_id)`,
    object: 'parent.boss',
  },
  {
    check: 'unindexed-foreign-key',
    sql: `ALTER TABLE child DROP CONSTRAINT child_parent_id_fkey; DROP INDEX child_parent_note; CREATE INDEX ON child (parent_id) WHERE note IS NOT NULL`,
    object: 'child.child_parent',
  },
  {
    check: 'duplicate-index',
    sql: `CREATE INDEX child_same ON child (note text_pattern_ops)`,
    object: 'child_same',
  },
  {
    check: 'duplicate-index',
    sql: `CREATE INDEX child_prefix ON child (parent_id) WHERE parent_id IS NOT NULL`,
    object: 'child_prefix',
  },
  { check: 'duplicate-index', sql: `CREATE INDEX parent_key ON parent (id)`, object: 'parent_key' },
  { check: 'no-primary-key', sql: `CREATE TABLE bare (id int)`, object: 'bare' },
  { check: 'sequence-behind', sql: `SELECT setval('parent_id_seq', 5)`, object: 'parent_id_seq' },
  {
    check: 'sequence-behind',
    sql: `CREATE SEQUENCE number_seq; ALTER TABLE parent ADD number int DEFAULT nextval('number_seq');
     UPDATE parent SET number = 100`,
    object: 'number_seq',
  },
  { check: 'sequence-near-end', sql: `SELECT setval('parent_id_seq', 2000000000)`, object: 'parent_id_seq' },
  { check: 'public-grant', sql: `GRANT SELECT, UPDATE ON child TO PUBLIC`, object: 'child' },
  { check: 'public-grant', sql: `GRANT SELECT (note) ON child TO PUBLIC`, object: 'child.note' },
  { check: 'public-grant', sql: `GRANT CREATE ON SCHEMA public TO PUBLIC`, object: 'schema public' },
  { check: 'public-grant', sql: `GRANT USAGE ON SEQUENCE child_id_seq TO PUBLIC`, object: 'child_id_seq' },
];

test.each(FAULTS)('$check: $sql', async ({ check, sql, object }) => {
  const { url, execute } = await fixture(HEALTHY);
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

test('an index that is being built is not reported', async () => {
  const { url, execute } = await fixture(HEALTHY);
  const blocker = new Client(url);
  const builder = new Client(url);
  onTestFinished(() => blocker.end().then(() => builder.end()));
  await Promise.all([blocker.connect(), builder.connect()]);
  await blocker.query('BEGIN; UPDATE parent SET code = code');
  const built = builder.query('CREATE INDEX CONCURRENTLY parent_code ON parent (code)');
  built.catch(() => undefined);
  const invalid = `SELECT count(*)::int FROM pg_index WHERE NOT indisvalid AND indexrelid::regclass::text = 'parent_code'`;
  await expect.poll(() => execute(invalid)).toEqual([{ count: 1 }]);
  expect(await findingsOf(url)).toEqual({});
  await blocker.query('COMMIT');
  await built;
});

test('an age over the limit is a warning', async () => {
  const { url } = await fixture(HEALTHY);
  const found = await findingsOf(url, { maxTransactionAge: 0 });
  expect(found['wraparound']).toMatchObject([{ severity: 'warning' }, { severity: 'warning' }]);
});

test('an outdated extension is found', async () => {
  const { url } = await fixture(`CREATE EXTENSION pg_trgm VERSION '1.3'`);
  expect((await findingsOf(url))['outdated-extension']).toMatchObject([
    { object: 'extension pg_trgm', fix: 'ALTER EXTENSION pg_trgm UPDATE;' },
  ]);
});

test('a role without privileges sees the same, except for sequences, which are skipped', async () => {
  const database = await fixture(`${HEALTHY} CREATE INDEX child_same ON child (note text_pattern_ops);
    ALTER TABLE child DISABLE TRIGGER ALL;`);
  const { url } = await loginRole(database);
  const mine = await validate({ url, checks: catalogChecks() });
  const superuser = await validate({ url: database.url, checks: catalogChecks() });
  const skipped = mine.checks.filter((check) => check.state === 'skipped').map((check) => check.id);
  expect(skipped).toEqual(['catalog.sequence-behind', 'catalog.sequence-near-end']);
  const rest = (report: typeof mine) => report.checks.filter((check) => !skipped.includes(check.id));
  expect(rest(mine)).toEqual(rest(superuser));
});
