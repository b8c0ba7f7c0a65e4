import { TerraformOutput, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';

/** Adds outputs to the stack around `scope`, under exactly these names. */
export function addOutputs(scope: Construct, outputs: Readonly<Record<string, unknown>>): void {
  const stack = TerraformStack.of(scope);
  for (const [name, value] of Object.entries(outputs)) {
    new TerraformOutput(stack, name, { value }).overrideLogicalId(name);
  }
}
