import { existsSync } from 'node:fs';
import { UserError } from '@ecommerce-dms/errors';
import { migratorCommand } from '../migrator-command.ts';
import type { MigratorContext } from '../migrator-context.ts';
import { refuse } from '../refuse-faults.ts';
import { compareSums, type SumDifference, sumFaults, sumFileName, writeSums } from './sum-file.ts';

/** The folder of the sum file: where the files are written, which is not where a build puts them. */
export async function sumFolder(context: MigratorContext): Promise<string | undefined> {
  await context.init();
  const { folders } = context;
  return folders?.source !== undefined && existsSync(folders.source) ? folders.source : folders?.read;
}

/** @throws UserError `invalid-settings`: the migrations are in no folder. */
export async function writeSumFile(context: MigratorContext): Promise<string> {
  const folder = await sumFolder(context);
  if (folder !== undefined) return writeSums(folder);
  throw new UserError(
    'invalid-settings',
    `The migrations are in no folder, so there is no place for ${sumFileName}.`,
    {
      hint: 'Set `path` in the options of `migrations`.',
    },
  );
}

/** How the files differ from the sum file; undefined when there is none. */
export async function checkSumFile(context: MigratorContext): Promise<SumDifference[] | undefined> {
  const folder = await sumFolder(context);
  return folder === undefined ? undefined : compareSums(folder);
}

/**
 * @param checkSum false refuses nothing; true also refuses when there is no sum file
 * @throws UserError `migrations-refused`: names every file that differs.
 */
export async function refuseWrongSums(
  context: MigratorContext,
  checkSum: boolean | undefined,
): Promise<void> {
  if (checkSum === false) return;
  const differences = await checkSumFile(context);
  if (differences !== undefined) return refuse(sumFaults(differences));
  if (checkSum === true)
    refuse([{ name: sumFileName, problem: `does not exist. Write it: ${migratorCommand('sum')}.` }]);
}
