import { UserError } from '@ecommerce-dms/errors';
import { sumFolder } from '../files/checked-sums.ts';
import { withoutEnding } from '../files/migration-name.ts';
import type { ProofLine } from '../files/proof-line.ts';
import { repeatableSources } from '../files/run-repeatables.ts';
import { addProofs } from '../files/sum-file.ts';
import { info } from '../info.ts';
import { lintMigrations } from '../lint/lint-migrations.ts';
import type { MigrationSource } from '../migration-source.ts';
import { migratorCommand } from '../migrator-command.ts';
import type { MigratorContext } from '../migrator-context.ts';
import type { MigrationProof } from './proof.ts';
import { proveMigrations } from './prove-migrations.ts';
import type { ProveOptions, ProveResult } from './prove-options.ts';

/** As `Migrator.prove()`. */
export async function prove(context: MigratorContext, options: ProveOptions): Promise<ProveResult> {
  checkNumbers(options);
  const sources = await context.discover();
  const repeatables = await repeatableSources(context);
  const names = await namesToProve(context, { sources, repeatables }, options);
  if (names.length === 0) return { migrations: [], certified: [] };
  // Each migration meets tables that have rows.
  const findings = await lintMigrations(context, { all: true, releases: 'each' });
  const { driver } = context;
  const migrations = await proveMigrations({ driver, sources, repeatables, names, findings }, options);
  if (options.certify === false) return { migrations, certified: [] };
  return { migrations, certified: await addProofs(await sumFolder(context), migrations.flatMap(proofsOf)) };
}

function proofsOf(migration: MigrationProof): Omit<ProofLine, 'filesSum'>[] {
  const { name, repeatables, verdict, crash, rows, postgres, tool } = migration;
  if (verdict !== 'proven' || crash === undefined) return [];
  const kills = `${crash.kills}/${crash.possibleKills}`;
  return [name, ...repeatables].map((each) => ({ name: each, kills, rows, postgres, tool }));
}

function checkNumbers({ rows = 1, kills = 1 }: ProveOptions): void {
  const faults = Object.entries({ rows, kills })
    .filter(([, value]) => !Number.isInteger(value) || value < 1 || value > 1_000_000)
    .map(([name, value]) => `${name} is ${value}: it must be a whole number from 1 to 1000000`);
  if (faults.length > 0)
    throw new UserError('invalid-settings', `Wrong options for prove:\n- ${faults.join('\n- ')}`);
}

async function namesToProve(
  context: MigratorContext,
  { sources, repeatables }: Record<'sources' | 'repeatables', readonly MigrationSource[]>,
  { migrations, all = false }: ProveOptions,
): Promise<string[]> {
  const last = sources.at(-1)?.name;
  const versioned = new Set(sources.map(({ name }) => name));
  const repeated = new Set(repeatables.map(({ name }) => name));
  if (all) return [...versioned];
  const given = migrations?.map((name) => (repeated.has(name) ? name : withoutEnding(name)));
  const wanted = given ?? (await pendingNames(context));
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

async function pendingNames(context: MigratorContext): Promise<string[]> {
  return context.inSchema(context.options.schema, async () =>
    (await info(context, context.options.schema)).flatMap(({ name, state, progress }) =>
      state === 'pending' || state === 'out-of-order' || progress?.direction === 'up' ? [name] : [],
    ),
  );
}
