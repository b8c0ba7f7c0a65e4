import type { Json } from '../../model/stack-json.ts';
import { blocks, constructPath, object, type StackModel, text } from '../../model/stack-model.ts';
import type { PolicyRule } from '../policy-rule.ts';

const requiredTags = ['Environment', 'Owner', 'CostCenter', 'Stack'];

/** The stack as a whole: its tags, its modules and its state. */
export const stackRules: readonly PolicyRule[] = [
  {
    id: 'required-tags',
    severity: 'low',
    why: 'Nobody can find out who owns a resource, and who pays for it.',
    fix: `Set ${requiredTags.join(', ')} in default_tags of the provider.`,
    broken: (stack) =>
      stack.awsProviders.flatMap((provider, index) => {
        const tags = blocks(provider['default_tags']).map((block) => object(block['tags']) ?? {});
        const complete = requiredTags.every((name) => tags.some((block) => (text(block[name]) ?? '') !== ''));
        return complete ? [] : [{ address: `provider.aws[${index}]`, path: undefined }];
      }),
  },
  {
    id: 'modules-judged-by-plan',
    severity: 'high',
    why: 'What a module creates is not in the stack, so no rule was checked for it.',
    fix: 'Check its plan (checkPlanPolicy), which has the resources of modules, and suppress this rule with that reason.',
    broken: (stack) =>
      stack.modules.map((name) => ({ address: `module.${name}`, path: modulePath(stack, name) })),
  },
  {
    id: 'dynamic-blocks-judged-by-plan',
    severity: 'high',
    why: 'What a dynamic block makes is not in the stack, so no rule was checked for it.',
    fix: 'Check its plan (checkPlanPolicy), which has the blocks, and suppress this rule with that reason.',
    broken: (stack) => stack.resources.filter(({ config }) => hasDynamicBlock(config)),
  },
  {
    id: 'state-encrypted-and-locked',
    severity: 'high',
    why: 'State contains secrets, and two applies at once corrupt it.',
    fix: 'Set encrypt and use_lockfile of the S3 backend to true.',
    broken: (stack) => {
      const backend = s3Backend(stack);
      return backend === undefined || (backend['encrypt'] === true && backend['use_lockfile'] === true)
        ? []
        : [{ address: 'terraform.backend.s3', path: undefined }];
    },
  },
];

function hasDynamicBlock(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.some(hasDynamicBlock);
  return Object.entries(object(value) ?? {}).some(
    ([name, nested]) => (name === 'dynamic' && blocks(nested).length > 0) || hasDynamicBlock(nested),
  );
}

function s3Backend(stack: StackModel) {
  return object(object(stack.json.terraform?.['backend'])?.['s3']);
}

function modulePath(stack: StackModel, name: string): string | undefined {
  return constructPath(stack.json.module?.[name]?.['//']);
}
