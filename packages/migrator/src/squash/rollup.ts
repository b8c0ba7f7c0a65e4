import type { IMigrationGenerator } from '@mikro-orm/core';
import { sumFolder } from '../files/checked-sums.ts';
import { withoutEnding } from '../files/migration-name.ts';
import { keepingSums } from '../files/sum-file.ts';
import type { MigratorContext } from '../migrator-context.ts';
import { checkRequestedNames } from '../requested-names.ts';
import { type RollupResult, writeSquash } from './write-squash.ts';

/**
 * `rollup()`: writes a squash under the run lock, and keeps the sum file up to date.
 *
 * @param target where the squash is written, known once the folder of the migrations is
 */
export function rollup(
  context: MigratorContext,
  migrations: readonly string[] | undefined,
  target: () => { generator: IMigrationGenerator; folder: string },
): Promise<RollupResult> {
  const { ledger, driver, options } = context;
  const names = migrations?.map(withoutEnding);
  return context.locked(async () => {
    const found = await context.survey();
    checkRequestedNames(names, new Set(found.statuses.map(({ name }) => name)), options);
    const extension = options.emit ?? 'ts';
    return keepingSums(await sumFolder(context), () =>
      writeSquash(found, names, { ledger, driver, ...target(), extension }),
    );
  });
}
