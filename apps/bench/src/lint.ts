import { type LintMigration, lintStatements } from '@ecommerce-dms/migrator';
import { medianOf } from './median.ts';

const runs = 5;

/** One of each kind, with names of its own. */
const statements = (n: number): string[] => [
  `create table item_${n} (id bigint primary key, name text not null, kind text default 'a', price numeric(10,2))`,
  `create index item_${n}_name on item_${n} (name)`,
  `alter table old_${n} add column size int not null default 0, add constraint size_check check (size >= 0)`,
  `alter table old_${n} add constraint other foreign key (other_id) references item_${n} (id)`,
  `create index on old_${n} (lower(name)) where size > 0`,
  `alter table old_${n} alter column name set not null`,
  `alter table old_${n} add column token uuid not null default gen_random_uuid() unique`,
  `create function f_${n}() returns trigger language plpgsql as $$ begin new.size := 1; return new; end $$`,
  `create trigger t_${n} before insert on old_${n} for each row execute function f_${n}()`,
  `update old_${n} set size = 1 where id between 1 and 1000`,
];

/** Seconds of lint of 1,000 statements in 100 migrations, of which half are found to be wrong; the median of 5 runs. */
export async function benchLint(): Promise<string[][]> {
  const migrations: LintMigration[] = Array.from({ length: 100 }, (_, n) => ({
    name: `Migration${n}`,
    transactional: true,
    queries: statements(n),
  }));
  let findings = 0;
  const seconds = await medianOf(runs, async () => {
    const startedMs = performance.now();
    findings = (await lintStatements(migrations)).length;
    return (performance.now() - startedMs) / 1000;
  });
  return [
    [`lint, median of ${runs}`, 'findings', 'seconds', 'aim'],
    ['1,000 statements in 100 migrations', String(findings), seconds.toFixed(3), '< 1'],
  ];
}
