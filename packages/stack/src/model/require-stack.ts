import { UserError } from '@ecommerce-dms/errors';
import type { StackJson } from './stack-json.ts';
import { StackModel } from './stack-model.ts';

/**
 * The stack of some JSON. Without a stack, every verdict would be a good one.
 *
 * @throws UserError `stack-empty`: the JSON has neither a resource nor a module
 */
export function requireStack(json: StackJson): StackModel {
  const stack = new StackModel(isObject(json) ? json : {});
  if (stack.resources.length > 0 || stack.modules.length > 0) return stack;
  throw new UserError(
    'stack-empty',
    'There is no stack to check: the JSON has neither a resource nor a module.',
    {
      hint: 'Pass the content of cdk.tf.json, which is written when the stack is synthesized.',
    },
  );
}

/** A file without a stack may have any JSON in it, such as null. */
function isObject(json: unknown): boolean {
  return typeof json === 'object' && json !== null;
}
