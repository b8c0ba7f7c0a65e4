import type { Json } from '../src/index.ts';
import type { Draft, StackDraft } from './edit-stack.ts';

/** Ways to break rules in a stack that passes, by id of the rule. The first is one that Checkov sees, where there is one. */
export type Breaks = Readonly<Record<string, readonly ((draft: StackDraft) => void)[]>>;

/** A policy of one statement, which allows. */
export function policyFor(principal: Json, action = 'sns:Publish', resource = '*'): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: action, Resource: resource }],
  });
}

/** Changes the blocks of one name in every resource of a type. */
export function editBlocks(
  draft: StackDraft,
  type: string,
  name: string,
  change: (block: Draft) => Draft,
): void {
  draft.edit(type, (config) => {
    const given = config[name];
    config[name] = (Array.isArray(given) ? given : [given]).map((block: Json) =>
      change(block as Draft),
    ) as Json;
  });
}
