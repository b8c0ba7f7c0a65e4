import type { MigrationInfo } from '@mikro-orm/core';
import { runRequiredBackfills } from './backfill/required-backfills.ts';
import { backfillContext } from './backfill/run-backfills.ts';
import type { Direction } from './collect-queries.ts';
import { CallbackRunner, planCallbacks } from './files/callbacks.ts';
import { refuseWrongSums, sumFolder } from './files/checked-sums.ts';
import { proofFaults } from './files/sum-file.ts';
import { planRepeatables } from './files/repeatable.ts';
import { repeatableSources, runRepeatables } from './files/run-repeatables.ts';
import { refuseForeignHistory } from './foreign-history.ts';
import { describeLockWait } from './locks/lock-wait.ts';
import type { MigrationSource } from './migration-source.ts';
import type { MigratorContext } from './migrator-context.ts';
import { notice } from './notices.ts';
import { runSettings } from './options.ts';
import type { MigrationPlan } from './plan-migration.ts';
import { preflight } from './preflight.ts';
import { refuse } from './refuse-faults.ts';
import { checkRequestedNames, isRequested, withoutEndings } from './requested-names.ts';
import type { RunArguments, StockRun } from './stock-run.ts';

/** `up()` and `down()`: one run under the lock, after all that can be refused was checked. */
export async function runMigrations(
  context: MigratorContext,
  direction: Direction,
  options: RunArguments,
  runStock: StockRun,
): Promise<MigrationInfo[]> {
  const named = typeof options === 'object' && !Array.isArray(options) ? options : {};
  const { checkSum, callbacks = {}, schema = context.options.schema } = named;
  const settings = runSettings({
    ...named,
    onLockWait: named.onLockWait ?? ((wait) => context.warn(describeLockWait(wait))),
  });
  if (direction === 'up') await refuseWrongSums(context, checkSum);
  return context.locked(async (lock) => {
    const repeatables = direction === 'up' ? await repeatableSources(context) : [];
    const { folders, driver } = context;
    const called = new CallbackRunner(
      callbacks,
      folders === undefined ? new Map() : await planCallbacks(folders, driver),
    );
    return context.inSchema(schema, async () => {
      const { plans, replaced } = await planRun(context, direction, options, repeatables);
      const runBackfills = (names: readonly string[]): Promise<void> =>
        runRequiredBackfills(backfillContext(context, schema), names, {
          signal: settings.signal,
          onProgress: (line) => context.warn(line),
        });
      return context.runner.during({ lock, settings, schema }, plans, called, runBackfills, async () => [
        ...(await context.discovery.within({ without: replaced }, () =>
          runStock(direction, withoutEndings(options)),
        )),
        ...(await runRepeatables(context, repeatables, schema, runStock)),
      ]);
    });
  }, settings);
}

/**
 * What a run would do; creates the ledger.
 *
 * @returns the plans, and the names of those that it leaves out, because a squash stands for them
 * @throws UserError `migrations-refused`, `migration-not-found`
 */
async function planRun(
  context: MigratorContext,
  direction: Direction,
  options: RunArguments,
  repeatables: readonly MigrationSource[],
): Promise<{ plans: MigrationPlan[]; replaced: ReadonlySet<string> }> {
  const named = typeof options === 'object' && !Array.isArray(options) ? options : {};
  const { allowOutOfOrder = false, schema = context.options.schema } = named;
  const { ledger, driver } = context;
  if (direction === 'up') await refuseForeignHistory(context, schema);
  const found = await context.survey();
  const request = {
    direction,
    allowOutOfOrder,
    schema,
    isAsked: (name: string) => isRequested(name, options, context.options),
    runBackfills: named.runBackfills,
  };
  const pending = await preflight(found, ledger, driver, request, backfillContext(context, schema));
  const replaced = new Set(
    found.statuses.filter(({ state }) => state === 'replaced').map(({ name }) => name),
  );
  const active = found.statuses.map(({ name }) => name).filter((name) => !replaced.has(name));
  checkRequestedNames(options, new Set(active), context.options);
  await notice(context, found.statuses);
  await ledger.ensureTable();
  const planned = await planRepeatables(repeatables, found.rows, context, schema);
  refuse(planned.flatMap(({ faults }) => faults));
  if (direction === 'up' && named.requireProof === true) {
    const open = [...pending, ...planned].filter(({ status }) => status.state !== 'applied');
    refuse(
      await proofFaults(
        await sumFolder(context),
        open.map(({ status }) => status.name),
      ),
    );
  }
  return { plans: [...pending, ...planned].flatMap(({ plan }) => plan ?? []), replaced };
}
