import { databaseUrls } from '../database/database-urls.ts';
import { printResult } from '../ui/print-result.ts';
import { table } from '../ui/table.ts';
import { type CommonOptions, runContext } from '../run/run-context.ts';

/** `dms urls [ROLE]`: how programs connect. The one command that prints passwords wherever it is asked. */
export async function urls(
  role: 'writer' | 'reader' | 'migrator' | undefined,
  options: CommonOptions,
): Promise<void> {
  const { environment } = await runContext(options);
  const { app: writer, readonly: reader, migrator } = await databaseUrls(environment);
  const all = { writer, reader, migrator };
  printResult(
    role === undefined
      ? { json: all, text: table(Object.entries(all)) }
      : { json: { [role]: all[role] }, text: all[role] },
    options,
    { withPasswords: true },
  );
}
