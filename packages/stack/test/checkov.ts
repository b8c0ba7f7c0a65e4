import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CheckovBaseline, StackJson } from '../src/index.ts';

const checkov = process.env['DMS_CHECKOV'];

/** Why tests that need Checkov are skipped; false where it is there. */
export const checkovMissing: string | false = checkov === undefined && 'DMS_CHECKOV is not set';

/** A check that failed, at `TYPE.NAME`, or at `resource.NAME` by those that look at one resource alone. */
export interface CheckovFailure {
  readonly stack: string;
  readonly check: string;
  readonly resource: string;
}

interface CheckovReport {
  readonly summary: { readonly passed: number; readonly parsing_errors: number };
  readonly results: {
    readonly failed_checks: readonly { check_id: string; resource: string; file_path: string }[];
  };
}

/**
 * Runs Checkov once over stacks, by their names. It asks nothing of the network.
 *
 * @throws Error when Checkov can't read one of the stacks, which it would skip in silence
 */
export async function runCheckov(
  stacks: Readonly<Record<string, StackJson>>,
  baseline?: CheckovBaseline,
): Promise<CheckovFailure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'stack-checkov-'));
  try {
    for (const [name, json] of Object.entries(stacks)) {
      mkdirSync(join(folder, 'stacks', name), { recursive: true });
      writeFileSync(join(folder, 'stacks', name, 'cdk.tf.json'), JSON.stringify(json, undefined, 2));
    }
    const flags = ['--quiet', '--compact', '--soft-fail', '--skip-download', '--output', 'json'];
    if (baseline !== undefined) {
      writeFileSync(join(folder, 'baseline'), JSON.stringify(baseline));
      flags.push('--baseline', 'baseline');
    }
    const { stdout } = await promisify(execFile)(
      checkov ?? '',
      ['--directory', 'stacks', '--framework', 'terraform_json', ...flags],
      { cwd: folder, maxBuffer: 2 ** 28 },
    );
    const { summary, results } = JSON.parse(stdout) as CheckovReport;
    // A baseline takes what passed out of the figures.
    if (summary.parsing_errors > 0 || (baseline === undefined && summary.passed === 0)) {
      throw new Error(`Checkov could not read the stacks: ${JSON.stringify(summary)}`);
    }
    return results.failed_checks.map(({ check_id: check, resource, file_path: path }) => ({
      stack: path.split('/').at(-2) ?? '',
      check,
      resource,
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
