import { blocks, type StackModel, text } from '../model/stack-model.ts';
import type { PolicySubject } from './policy-rule.ts';

/** Key of the stack's own comment, which holds the list. */
export const suppressionsKey = 'suppressions';

/** A rule that a construct, and everything below it, is let off. */
export interface Suppression {
  readonly rule: string;
  /** Of the construct: `shop-production/shop/database/replica-1`. */
  readonly path: string;
  readonly reason: string;
}

/** The reason for which something is let off a rule; undefined when it is not. The last one that was given wins. */
export function suppressionReason(
  stack: StackModel,
  { path }: PolicySubject,
  ruleId: string,
): string | undefined {
  const suppression = blocks(stack.json['//']?.[suppressionsKey]).findLast(
    (entry) => entry['rule'] === ruleId && covers(text(entry['path']) ?? '', path),
  );
  return text(suppression?.['reason']);
}

/** What has no path is part of the stack itself, whose path is its id alone. */
function covers(scope: string, path: string | undefined): boolean {
  if (path === undefined) return !scope.includes('/');
  return path === scope || path.startsWith(`${scope}/`);
}
