// Runs squawk beside our rules on our cases, and prints where they differ: `node test/lint/compare-squawk.ts`.
// Ends with 1 if they differ where no reason is known.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { lintStatements } from '../../src/lint/lint-statements.ts';
import { cases, history } from './cases.ts';

/** What squawk says that is no finding here, with why. */
const leftOut: Record<string, string> = {
  'prefer-robust-stmts': 'the ledger runs each statement once, and resumes after the last that is done',
  'require-lock-timeout': 'the migrator sets it',
  'require-statement-timeout': 'an option of the migrator',
  'require-timeout-settings': 'the migrator sets them',
  'prefer-text-field': 'off unless asked for: varchar-limit',
  'prefer-bigint-over-int': 'off unless asked for: small-key',
  'prefer-bigint-over-smallint': 'off unless asked for: small-key',
  'prefer-identity': 'off unless asked for: serial-type',
  'ban-create-domain-with-constraint': 'off unless asked for: domain-with-constraint',
  'require-enum-value-ordering': 'off unless asked for: enum-value-unordered',
};

/** Why a statement that only squawk finds is all right; undefined if nobody knows. */
function reasonOf(sql: string): string | undefined {
  if (/^create (table|domain)\b.*; /.test(sql)) return 'the same run has created it: nobody uses it yet';
  if (/add column size int; .* drop column size$/.test(sql)) return 'the same run has added the column';
  if (/ alter .* type /.test(sql)) return 'the old type is known, and the new one has the same values';
  return reasons[sql];
}

const reasons: Record<string, string> = {
  'create unique index concurrently note_key on note (body); alter table note add primary key using index note_key':
    'the migrator runs it outside of a transaction',
  'alter table note alter column body set not null': 'a validated check says so already',
  'alter table item alter column kind set not null': 'it is not null already',
  "alter domain sku add constraint sku_filled check (value <> '') not valid": 'NOT VALID looks at no row',
  "alter table item add column data jsonb default jsonb_build_object('a', 1)": 'the function is not volatile',
  "alter table item add column caption text default label('x')":
    'the history shows that the function is immutable',
  'create table new (a text, b "char")': 'the type "char" is one byte, and no char(n)',
};

const folder = mkdtempSync(join(tmpdir(), 'squawk-'));
const statements = Object.values(cases).flatMap(({ found, clean = [] }) => [...found, ...clean]);
statements.forEach((sql, index) => writeFileSync(join(folder, `${index}.sql`), `${sql};\n`));
const said = new Map<string, string[]>();
for (const { file, rule_name: rule } of runSquawk()) {
  const sql = statements[Number(basename(file, '.sql'))] ?? '';
  if (!(rule in leftOut)) said.set(sql, [...(said.get(sql) ?? []), rule]);
}
rmSync(folder, { recursive: true });

let unexplained = 0;
const count = { both: 0, neither: 0, onlyOurs: 0, onlySquawk: 0 };
for (const sql of new Set(statements)) {
  const findings = await lintStatements(history(sql), { releases: ['Migration1'] });
  const ours = [
    ...new Set(findings.filter(({ migration }) => migration === 'Migration2').map(({ code }) => code)),
  ];
  const theirs = said.get(sql) ?? [];
  if (ours.length > 0 && theirs.length > 0) count.both++;
  else if (ours.length > 0) count.onlyOurs++;
  else if (theirs.length > 0) {
    count.onlySquawk++;
    const reason = reasonOf(sql);
    if (reason === undefined) unexplained++;
    console.log(`only squawk (${theirs.join(', ')}): ${sql}\n  ${reason ?? 'NO REASON'}`);
  } else count.neither++;
}
console.log(JSON.stringify(count));
process.exitCode = unexplained > 0 ? 1 : 0;

function runSquawk(): { file: string; rule_name: string }[] {
  const options = ['--reporter', 'json', '--pg-version', '18.0', '--assume-in-transaction'];
  const args = [
    '-y',
    'squawk-cli@2.66.0',
    ...options,
    ...statements.map((_, index) => join(folder, `${index}.sql`)),
  ];
  try {
    return JSON.parse(
      execFileSync('npx', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1e8 }),
    );
  } catch (error) {
    // It ends with 1 where it has found something.
    return JSON.parse(String(Reflect.get(Object(error), 'stdout')));
  }
}
