import { UserError } from '@ecommerce-dms/errors';
import type { AbstractSqlDriver } from '@mikro-orm/postgresql';
import { addProofs } from '../files/sum-file.ts';
import { withoutEnding } from '../files/migration-name.ts';
import { type Query } from '../lint/read-schema-model.ts';
import { lintMigrations } from '../lint/lint-migrations.ts';
import type { MigrationSource } from '../migration-source.ts';
import { migratorCommand } from '../migrator-command.ts';
import { proveMigrations } from './prove-migrations.ts';
import type { ProveOptions, ProveResult } from './prove-options.ts';

/** The project whose migrations are proven. */
export interface ProvenProject {
  driver: AbstractSqlDriver;
  query: Query;
  /** The versioned migrations of the code, in their order. */
  sources: readonly MigrationSource[];
  repeatables: readonly MigrationSource[];
  /** The folder of `migrations.sum`; undefined without one. */
  sumFolder: string | undefined;
  /** The names of those that are pending. */
  pending: () => Promise<readonly string[]>;
}

/** As `Migrator.prove()`. */
export async function prove(project: ProvenProject, options: ProveOptions): Promise<ProveResult> {
  checkNumbers(options);
  const { driver, query, sources, repeatables, sumFolder } = project;
  const names = await namesToProve(project, options);
  if (names.length === 0) return { migrations: [], certified: [] };
  // Each migration meets tables that have rows.
  const findings = await lintMigrations([...sources, ...repeatables], driver, query, {
    all: true,
    releases: 'each',
  });
  const migrations = await proveMigrations({ driver, sources, repeatables, names, findings }, options);
  if (options.certify === false) return { migrations, certified: [] };
  const proofs = migrations.flatMap(
    ({ name, verdict, crash, rows, postgres, tool, repeatables: together }) => {
      if (verdict !== 'proven' || crash === undefined) return [];
      const proof = { kills: `${crash.kills}/${crash.possibleKills}`, rows, postgres, tool };
      return [name, ...together].map((each) => ({ name: each, ...proof }));
    },
  );
  return { migrations, certified: await addProofs(sumFolder, proofs) };
}

function checkNumbers({ rows = 1, kills = 1 }: ProveOptions): void {
  const faults = Object.entries({ rows, kills })
    .filter(([, value]) => !Number.isInteger(value) || value < 1 || value > 1_000_000)
    .map(([name, value]) => `${name} is ${value}: it must be a whole number from 1 to 1000000`);
  if (faults.length > 0)
    throw new UserError('invalid-settings', `Wrong options for prove:\n- ${faults.join('\n- ')}`);
}

async function namesToProve(
  { sources, repeatables, pending }: ProvenProject,
  { migrations, all = false }: ProveOptions,
): Promise<string[]> {
  const last = sources.at(-1)?.name;
  const versioned = new Set(sources.map(({ name }) => name));
  const repeated = new Set(repeatables.map(({ name }) => name));
  if (all) return [...versioned];
  const given = migrations?.map((name) => (repeated.has(name) ? name : withoutEnding(name)));
  const wanted = given ?? (await pending());
  const unknown = wanted.filter((name) => !versioned.has(name) && !repeated.has(name));
  if (unknown.length > 0) {
    throw new UserError('migration-not-found', `The code has no such migration: ${unknown.join(', ')}.`, {
      hint: `${migratorCommand('info')} lists them all.`,
    });
  }
  // Repeatable ones run after the last of the others, and are proven with it.
  const chosen = new Set(wanted.map((name) => (versioned.has(name) ? name : last)));
  return sources.map(({ name }) => name).filter((name) => chosen.has(name));
}
