import { UserError } from '@ecommerce-dms/errors';
import type { StackJson } from './stack-json.ts';
import { StackModel } from './stack-model.ts';

/**
 * The stack, where there is one: of nothing, every verdict would be a good one.
 *
 * @throws UserError `stack-empty`, exit code 2, for JSON without resources and modules
 */
export function requireStack(json: StackJson): StackModel {
  const stack = new StackModel(json);
  if (stack.resources.length > 0 || stack.modules.length > 0) return stack;
  throw new UserError('stack-empty', 'There is no stack to judge: the JSON has no resource and no module.', {
    hint: 'Give it the content of cdk.tf.json, which is written when the stack is synthesized.',
  });
}
