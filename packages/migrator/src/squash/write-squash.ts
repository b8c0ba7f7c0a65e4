import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isUserError, UserError } from '@ecommerce-dms/errors';
import type { IMigrationGenerator, MigrationResult } from '@mikro-orm/core';
import type { AbstractSqlDriver } from '@mikro-orm/postgresql';
import type { Direction } from '../collect-queries.ts';
import { fingerprintOfTexts } from '../fingerprint.ts';
import { withMembers } from '../generated-class.ts';
import type { Ledger } from '../ledger.ts';
import type { MigrationSource } from '../migration-source.ts';
import type { MigrationStatus } from '../migration-status.ts';
import { type MigrationPlan, planMigration } from '../plan-migration.ts';
import { type Fault, refuse } from '../refuse-faults.ts';
import { isRecorded, type Survey } from '../survey.ts';

/** What `rollup()` wrote. */
export interface RollupResult extends MigrationResult {
  /** The migrations whose place the file takes. Delete their files once every database has recorded it. */
  replaces: string[];
}

interface SquashTarget {
  ledger: Ledger;
  driver: AbstractSqlDriver;
  generator: IMigrationGenerator;
  folder: string;
  extension: string;
}

/**
 * Writes a migration that takes the place of applied ones, and records it.
 *
 * @param requested names; undefined for all that are applied
 * @throws UserError `migrations-refused`: they are fewer than two, not applied, not in a row, or cannot be merged.
 */
export async function writeSquash(
  survey: Survey,
  requested: readonly string[] | undefined,
  { ledger, driver, generator, folder, extension }: SquashTarget,
): Promise<RollupResult> {
  const members = selectMembers(survey, requested);
  const last = members.at(-1)?.name ?? '';
  const name = `${last}_squash`;
  const next = survey.sources.find((source) => source.name > last);
  if (next !== undefined && next.name <= name) {
    refuse([{ name: next.name, problem: `sorts between ${last} and its squash ${name}. Rename it.` }]);
  }
  const up: MigrationPlan[] = [];
  const down: (MigrationPlan | undefined)[] = [];
  const faults: Fault[] = [];
  for (const source of members) {
    const row = survey.rows.find((each) => each.name === source.name);
    try {
      const plan = await plannedStatements(source, 'up', driver);
      if (row?.fingerprint && !(await isRecorded(plan.fingerprint, row, ledger))) {
        throw new UserError('invalid-migration', 'its code says something else than was run. Restore it.');
      }
      up.push(plan);
      down.unshift(await plannedDown(source, driver));
    } catch (error) {
      if (!isUserError(error)) throw error;
      faults.push({ name: source.name, problem: error.message });
    }
  }
  refuse(faults);
  const textsOf = (plans: readonly MigrationPlan[]): string[] =>
    plans.flatMap(({ statements }) => statements.map(({ sql }) => sql));
  // Half of the way back is none.
  const downPlans = down.includes(undefined) ? [] : down.filter((plan) => plan !== undefined);
  const diff = { up: textsOf(up), down: textsOf(downPlans) };
  const replaces = members.map((member) => member.name);
  const isTransactional = ![...up, ...downPlans].some(
    ({ nonTransactionalReason }) => nonTransactionalReason === 'isTransactional() is false',
  );
  const className = `Squash_${last}`.replaceAll(/\W/g, '_');
  const code = asSquash(await generator.generateMigrationFile(className, diff), {
    name,
    replaces,
    isTransactional,
  });
  const fileName = `${name}.${extension}`;
  const path = join(folder, fileName);
  if (
    await access(path).then(
      () => true,
      () => false,
    )
  ) {
    refuse([{ name, problem: 'is in the folder already.' }]);
  }
  await writeFile(path, code);
  const { fingerprint, statements } = { fingerprint: await fingerprintOfTexts(diff.up), statements: diff.up };
  await ledger.insert(ledger, { name, kind: 'squash', fingerprint, statements, replaces }, 'applied');
  return { fileName, code, diff, replaces };
}

/** The applied migrations that follow each other in the code, with files. */
function selectMembers(
  { sources, statuses }: Survey,
  requested: readonly string[] | undefined,
): MigrationSource[] {
  const statusOf = new Map(statuses.map((status) => [status.name, status]));
  const isApplied = (name: string): boolean => statusOf.get(name)?.state === 'applied';
  const names = new Set(requested?.map((name) => name.replace(/\.[jt]s$/, '')));
  const isMember = ({ name }: MigrationSource): boolean =>
    requested === undefined ? isApplied(name) : names.has(name);
  const members = sources.filter(isMember);
  if (members.length < 2) {
    refuse([{ name: 'rollup', problem: 'needs two or more applied migrations.' }]);
  }
  const first = members[0]?.name ?? '';
  const last = members.at(-1)?.name ?? '';
  const between = sources.filter(
    (source) => source.name > first && source.name < last && statusOf.get(source.name)?.state !== 'replaced',
  );
  refuse([
    ...members.filter(({ name }) => !isApplied(name)).map(({ name }) => notApplied(name, statusOf.get(name))),
    ...members
      .filter(({ path }) => path === undefined)
      .map(({ name }) => ({ name, problem: 'has no file: it is a class of migrationsList.' })),
    ...between
      .filter((source) => !isMember(source))
      .map(({ name }) => ({ name, problem: 'is between them. A squash runs them without it: name it too.' })),
  ]);
  return members;
}

function notApplied(name: string, status: MigrationStatus | undefined): Fault {
  return { name, problem: `is ${status?.state ?? 'not in the ledger'}: only what is applied can be merged.` };
}

/** @throws UserError `invalid-migration`: the code fails, or does something that no list of statements can have. */
async function plannedStatements(
  source: MigrationSource,
  direction: Direction,
  driver: AbstractSqlDriver,
): Promise<MigrationPlan> {
  const plan = await planMigration(source, direction, driver);
  const [fault] = plan.faults;
  if (fault !== undefined) throw new UserError('invalid-migration', fault);
  if (plan.fingerprint !== null) return plan;
  throw new UserError(
    'invalid-migration',
    `${direction}() runs queries itself, which no list of statements can have. Leave it out.`,
  );
}

/** Undefined for one that cannot be reverted. */
async function plannedDown(
  source: MigrationSource,
  driver: AbstractSqlDriver,
): Promise<MigrationPlan | undefined> {
  try {
    return await plannedStatements(source, 'down', driver);
  } catch (error) {
    if (isUserError(error)) return undefined;
    throw error;
  }
}

/** Adds to the generated class what makes it a squash. */
function asSquash(
  code: string,
  {
    name,
    replaces,
    isTransactional,
  }: { name: string; replaces: readonly string[]; isTransactional: boolean },
): string {
  // The generator names the class; a migration of a file is named by the file.
  const named = code.replace(
    /^(\s*(?:override )?name = ').*(';)$/m,
    (_, before: string, after: string) => `${before}${name}${after}`,
  );
  return withMembers(
    named,
    ['static replaces = [', ...replaces.map((each) => `  ${JSON.stringify(each)},`), '];'],
    !isTransactional,
  );
}
