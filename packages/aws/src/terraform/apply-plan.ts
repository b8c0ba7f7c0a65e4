import { initialize } from './initialize.ts';
import { type ProgressOptions, runWithMessages } from './run-with-messages.ts';

export interface AppliedPlan {
  readonly added: number;
  readonly changed: number;
  readonly destroyed: number;
  /** Outputs of the stack by name, without the sensitive ones. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * Applies a saved plan, exactly as it is. An abort interrupts Terraform once, which then finishes what it is doing and
 * writes the state.
 *
 * @param options.planFile made by `planStack` in the same folder
 * @throws UserError `stack-not-found`, `terraform-not-found`: the folder has no stack, the PATH no terraform.
 * @throws UserError `terraform-init-failed`, `terraform-apply-failed`: that command failed.
 * @example
 * ```ts
 * await planStack(directory, { planFile });
 * const { outputs } = await applyPlan(directory, { planFile, onProgress: console.log });
 * ```
 */
export async function applyPlan(
  directory: string,
  options: ProgressOptions & { planFile: string },
): Promise<AppliedPlan> {
  await initialize(directory, options);
  const messages = await runWithMessages(directory, ['apply', options.planFile], options);
  const changes = messages.findLast(({ type }) => type === 'change_summary')?.changes;
  const outputs = messages.findLast(({ type }) => type === 'outputs')?.outputs ?? {};
  return {
    added: changes?.add ?? 0,
    changed: changes?.change ?? 0,
    destroyed: changes?.remove ?? 0,
    outputs: Object.fromEntries(
      Object.entries(outputs)
        .filter(([, { sensitive }]) => !sensitive)
        .map(([name, { value }]) => [name, value]),
    ),
  };
}
