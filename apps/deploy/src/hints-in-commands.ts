import { type ErrorCode, isUserError, withHint } from '@ecommerce-dms/errors';
import { withErrorsInCommands } from '@ecommerce-dms/migrator/cli';
import { commandFor } from './command-for.ts';

type Command = (command: string) => string;

/** What hints of the packages say in terms of their functions, by code of the failure, and what does it here. */
const hints: Readonly<Partial<Record<ErrorCode, (hint: string, command: Command) => string>>> = {
  'rows-of-others': discardByCommand,
  'restore-failed': (hint, command) =>
    hint.startsWith('Seed ')
      ? `When the server answers, '${command('seed --undo')}' puts them back.`
      : discardByCommand(hint, command),
  'plan-mismatch': (_, command) =>
    `'${command('migrate')}' brings the schema up to date; the role that connects must own the tables.`,
  'nothing-for-sale': (_, command) => `Import a catalog first: '${command('import FILE.csv')}'.`,
  'catalog-tables-not-found': (_, command) => `Migrate the database first: '${command('migrate')}'.`,
  'currency-mismatch': () =>
    "Correct the shop's table currency, or set `currency` of the environment in dms.config.ts.",
  'standby-not-rejoined': (_, command) => `'${command('up')}' brings it back.`,
};

function discardByCommand(hint: string, command: Command): string {
  return hint.replace(
    'call restore({ url, discardRowsOfOthers: true })',
    () => `'${command('seed --undo --discard-rows-of-others')}'`,
  );
}

/** Runs a stage; the hint of its failure names commands of `dms` where a package has named its own functions. */
export async function withHintsInCommands<Result>(
  environment: { name: string },
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await withErrorsInCommands((words) => commandFor(environment, `migrate ${words}`), work, "'");
  } catch (error) {
    const hintOf = isUserError(error) ? hints[error.code] : undefined;
    if (!isUserError(error) || error.hint === undefined || hintOf === undefined) throw error;
    throw withHint(
      error,
      hintOf(error.hint, (command) => commandFor(environment, command)),
    );
  }
}
