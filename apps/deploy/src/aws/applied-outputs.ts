import { z } from 'zod';
import type { LoadedEnvironment } from '../config/load-config.ts';
import { readRecord } from '../state/run-state.ts';

const applied = z.object({
  outputs: z.object({
    writer_endpoint: z.string(),
    reader_endpoints: z.array(z.string()),
    port: z.coerce.number(),
    database_name: z.string(),
    secret_arn: z.string(),
  }),
});

/** Where the database is, as `dms apply` has written it down. */
export type AppliedOutputs = z.infer<typeof applied>['outputs'];

/**
 * @returns undefined before the first apply, and after a destroy
 * @throws UserError `state-unreadable` when the apply has left something else
 */
export async function appliedOutputs(environment: LoadedEnvironment): Promise<AppliedOutputs | undefined> {
  return (await readRecord(environment, 'apply', applied))?.outputs;
}
