import { blocks, type StackModel, text } from '../model/stack-model.ts';
import type { PolicySubject } from './policy-rule.ts';

/** Key in the stack's own comment (`//`) of the list of {@link Suppression}s. */
export const suppressionsKey = 'suppressions';

/** A rule that is not checked for a construct and everything below it. */
export interface Suppression {
  readonly rule: string;
  /** Path of the construct: `shop-production/shop/database/replica-1`. */
  readonly path: string;
  readonly reason: string;
}

/** The reason why a rule is suppressed for a subject; undefined when it is not. The last one given wins. */
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

/** A subject without a path is part of the stack itself, whose path is its id alone. */
function covers(scope: string, path: string | undefined): boolean {
  if (path === undefined) return !scope.includes('/');
  return path === scope || path.startsWith(`${scope}/`);
}
