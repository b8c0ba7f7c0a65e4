import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type TerraformStack } from 'cdktf';
import type { StackJson } from '@ecommerce-dms/stack';

/** Write-only arguments need them. cdktf takes no notice; its successor, CDK Terrain, refuses the stack without. */
const targetVersions = { terraform: '>=1.11.0', opentofu: '>=1.11.0' };

export interface SynthesizedStack {
  /** The stack as Terraform reads it. */
  readonly json: StackJson;
  /** Folder to run Terraform in (it holds `cdk.tf.json`); undefined without `outdir`. */
  readonly directory: string | undefined;
}

/**
 * Builds one stack and synthesizes it. The same constructs give the same bytes.
 *
 * @param build adds one stack to the app, and returns it
 * @param options.outdir folder to write to, created if missing. The stack lands in `outdir/stacks/<id>/cdk.tf.json`.
 *   Default: nothing stays on disk.
 * @throws UserError `invalid-settings`: a construct refuses its props.
 * @throws UserError `policy-findings`: a stack with `enforcePolicy` has findings.
 * @example
 * ```ts
 * import { AwsStack, Encryption, synthesize } from '@ecommerce-dms/infra';
 *
 * const { json } = synthesize((app) => {
 *   const stack = new AwsStack(app, 'billing-test', {
 *     region: 'eu-west-1',
 *     tags: { environment: 'test', owner: 'billing', costCenter: '4711' },
 *   });
 *   new Encryption(stack, 'encryption', { name: 'billing-test' });
 *   return stack;
 * });
 * console.log(Object.keys(json.resource ?? {})); // what Terraform would make
 * ```
 */
export function synthesize(
  build: (app: App) => TerraformStack,
  options: { outdir?: string } = {},
): SynthesizedStack {
  const outdir = options.outdir ?? mkdtempSync(join(tmpdir(), 'infra-synth-'));
  try {
    mkdirSync(outdir, { recursive: true });
    const app = new App({ outdir, context: { targetVersions } });
    const stack = build(app);
    synthQuietly(app);
    const directory = join(outdir, 'stacks', stack.node.id);
    const json = JSON.parse(readFileSync(join(directory, 'cdk.tf.json'), 'utf8')) as StackJson;
    return { json, directory: options.outdir === undefined ? undefined : directory };
  } finally {
    if (options.outdir === undefined) rmSync(outdir, { recursive: true, force: true });
  }
}

/** cdktf 0.21 calls `util.isArray`, of which Node would warn the user on stderr. */
function synthQuietly(app: App): void {
  const before = process.noDeprecation;
  process.noDeprecation = true;
  try {
    app.synth();
  } finally {
    process.noDeprecation = before;
  }
}
