import { relative } from 'node:path';
import type { StackJson } from '@ecommerce-dms/stack';
import { synthesizeEnvironment } from '../aws/environment-stack.ts';
import type { StageContext, StageOutcome } from '../stage.ts';

export interface SynthResult {
  /** The folder with `cdk.tf.json`, for Terraform, relative to that of `dms.config.ts`. */
  directory: string;
  resources: number;
  /** Resources by type, the most frequent first. */
  types: Record<string, number>;
}

/** Writes the environment's AWS stack for Terraform. */
export async function synthesizeStack({
  environment,
}: Pick<StageContext, 'environment'>): Promise<StageOutcome<SynthResult> & { json: StackJson }> {
  const { json, directory = '' } = synthesizeEnvironment(environment);
  const counts = Object.entries(json.resource ?? {}).map(
    ([type, byName]) => [type, Object.keys(byName).length] as const,
  );
  const resources = counts.reduce((sum, [, count]) => sum + count, 0);
  const shown = relative(environment.root, directory);
  return {
    summary: `${resources} resources in ${shown}`,
    result: {
      directory: shown,
      resources,
      types: Object.fromEntries(counts.toSorted((a, b) => b[1] - a[1])),
    },
    json,
  };
}
