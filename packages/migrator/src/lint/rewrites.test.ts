import { createTestDatabase } from '@ecommerce-dms/local-rds/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cases, earlier, history, transactionCases } from '../../test/lint/cases.ts';
import { describeSchema } from '../../test/lint/describe-schema.ts';
import type { Finding } from './finding.ts';
import type { LintMigration } from './lint-statement.ts';
import { type LintOptions, lintStatements } from './lint-statements.ts';
import { readSchemaModel } from './read-schema-model.ts';

// A remedy is a promise: each rewrite has nothing of what was found, and makes the same schema.

let client: Client;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
  drop = async () => {
    await client.end();
    await database.drop();
  };
});

afterAll(() => drop());

/** The earlier release, then statements, one after the other. */
async function schemaAfter(statements: readonly string[]): Promise<unknown[]> {
  await reset();
  for (const sql of statements) await client.query(sql);
  return describeSchema(client);
}

async function reset(): Promise<void> {
  await client.query('drop schema public cascade; drop schema if exists shop cascade; create schema public');
  for (const sql of earlier) await client.query(sql);
}

interface Found {
  code: string;
  sql: string;
  before: string[];
  finding: Finding;
}

const options: LintOptions = { releases: ['Migration1'] };

async function found(): Promise<Found[]> {
  const all = [
    ...Object.entries(cases).map(([code, { found: list }]) => ({ code, list, transactional: false })),
    ...Object.entries(transactionCases).map(([code, { found: list }]) => ({
      code,
      list,
      transactional: true,
    })),
  ];
  const rewritten: Found[] = [];
  for (const { code, list, transactional } of all) {
    for (const sql of list) {
      const findings = await lintStatements(history(sql, transactional), options);
      const own = findings.filter((each) => each.code === code && each.migration === 'Migration2');
      for (const finding of own) {
        if (finding.rewrite === undefined) continue;
        // The statements of the case before the one that was found.
        const before = sql.split('; ').slice(0, finding.statement);
        rewritten.push({ code, sql, before, finding });
      }
    }
  }
  return rewritten;
}

test.each(await found())('$code: $sql', async ({ code, before, finding, sql }) => {
  const { statements = [] } = finding.rewrite ?? {};
  const rest = sql.split('; ').slice(finding.statement + 1);
  const unsafe = await schemaAfter([...before, finding.sql, ...rest]);
  const safe = await schemaAfter([...before, ...statements, ...rest]);
  // Its note says so.
  const isLeft = (line: unknown): boolean =>
    code === 'detach-not-concurrent' && String(line).startsWith('constraint reading_1_at_check on');
  expect(safe.filter((line) => !isLeft(line))).toEqual(unsafe);

  const rewrite: LintMigration[] = [
    { name: 'Migration1', transactional: true, queries: earlier },
    { name: 'Migration2', transactional: false, queries: before },
    { name: 'Migration3', transactional: false, queries: statements },
  ];
  const left = await lintStatements(rewrite, options);
  expect(left.filter((each) => each.migration === 'Migration3' && each.severity === 'error')).toEqual([]);
  // With the same statements, and the database in place of the earlier ones.
  await reset();
  for (const text of before) await client.query(text);
  const model = await readSchemaModel(async (text) => (await client.query(text)).rows);
  const judged = await lintStatements(rewrite.slice(2), { ...options, releases: [], model });
  expect(judged.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(judged.map((each) => each.code)).not.toContain(code);
});

test('a named NOT NULL keeps its name where the version is known', async () => {
  const sql = 'alter table item add size int constraint filled not null';
  const unsafe = await schemaAfter([sql]);
  await reset();
  const model = await readSchemaModel(async (text) => (await client.query(text)).rows);
  const findings = await lintStatements([{ name: 'Migration2', transactional: false, queries: [sql] }], {
    model,
  });
  expect(findings.map(({ code }) => code)).toEqual(['required-column']);
  expect(await schemaAfter(findings[0]?.rewrite?.statements ?? [])).toEqual(unsafe);
});
