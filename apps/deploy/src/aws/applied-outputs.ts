import { z } from 'zod';
import type { LoadedEnvironment } from '../config/load-config.ts';
import { readRunState } from '../state/run-state.ts';
import { stateFile } from '../stage.ts';

const outputs = z.object({
  writer_endpoint: z.string(),
  reader_endpoints: z.array(z.string()),
  port: z.coerce.number(),
  database_name: z.string(),
  secret_arn: z.string(),
});

/** Where the database is, as `dms apply` has written it down. */
export type AppliedOutputs = z.infer<typeof outputs>;

/** @returns undefined before the first apply, and after a destroy */
export async function appliedOutputs(environment: LoadedEnvironment): Promise<AppliedOutputs | undefined> {
  const { stages } = await readRunState(stateFile(environment), environment.name);
  return outputs.safeParse(stages['apply']?.result['outputs']).data;
}
