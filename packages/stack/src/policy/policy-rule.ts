import type { StackModel, StackResource } from '../model/stack-model.ts';

/** Worst first. */
export const severities = ['critical', 'high', 'medium', 'low'] as const;

export type Severity = (typeof severities)[number];

/** The same rule in other tools. */
export interface ExternalIds {
  readonly checkov?: readonly string[];
  readonly trivy?: readonly string[];
  readonly securityHub?: readonly string[];
}

/** What a finding is about: a resource, or a block of the stack itself. */
export type PolicySubject = Pick<StackResource, 'address' | 'path'>;

/** One thing that must hold for a stack. A value that is not literally in the JSON counts as not set. */
export interface PolicyRule {
  /** Stable and kebab-case: `rds-multi-az`. */
  readonly id: string;
  readonly severity: Severity;
  /** What goes wrong without it. */
  readonly why: string;
  /** What to set. */
  readonly fix: string;
  readonly ids: ExternalIds;
  /** What breaks the rule. */
  readonly broken: (stack: StackModel) => readonly PolicySubject[];
}

/** The resources of some types for which `holds` is false. */
export function unless(
  types: string | readonly string[],
  holds: (resource: StackResource, stack: StackModel) => boolean,
): PolicyRule['broken'] {
  return (stack) => stack.ofType(...[types].flat()).filter((resource) => !holds(resource, stack));
}
