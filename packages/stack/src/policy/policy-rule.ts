import type { StackModel, StackResource } from '../model/stack-model.ts';

/** How bad it is to break a rule, worst first. */
export const severities = ['critical', 'high', 'medium', 'low'] as const;

/** One of {@link severities}. */
export type Severity = (typeof severities)[number];

/** Ids of a rule in other tools. */
export interface ExternalIds {
  readonly checkov?: readonly string[];
  readonly trivy?: readonly string[];
  readonly securityHub?: readonly string[];
}

/** What a finding is about: a resource, or a block of the stack itself. */
export type PolicySubject = Pick<StackResource, 'address' | 'path'>;

/** A rule that a stack must keep to. A switch or a number that is not literally in the JSON breaks it. */
export interface PolicyRule {
  /** Stable and kebab-case: `rds-multi-az`. */
  readonly id: string;
  readonly severity: Severity;
  /** What goes wrong when it is broken. */
  readonly why: string;
  /** What to set. */
  readonly fix: string;
  /** The same rule in other tools, where they have it. */
  readonly ids?: ExternalIds;
  /** The resources that break the rule. */
  readonly broken: (stack: StackModel) => readonly PolicySubject[];
}

/** Whether something is in order with a resource. */
type Holds = (resource: StackResource, stack: StackModel) => boolean;

/** The resources of some types for which `holds` is false. */
export function unless(types: string | readonly string[], holds: Holds): PolicyRule['broken'] {
  return (stack) => stack.ofType(...[types].flat()).filter((resource) => !holds(resource, stack));
}

/** Holds where an attribute is literally true. */
export function isTrue(attribute: string): Holds {
  return ({ config }) => config[attribute] === true;
}

/** Holds where a switch is off, as it is by default. An expression may turn it on. */
export function isOffOrUnset(attribute: string): Holds {
  return ({ config }) => [false, 'false', null, undefined].some((off) => off === config[attribute]);
}

/** Holds where a switch is on, as it is by default. An expression may turn it off. */
export function isOnOrUnset(attribute: string): Holds {
  return ({ config }) => [true, 'true', null, undefined].some((on) => on === config[attribute]);
}

/** Holds where an attribute has a value, or refers to one. */
export function isSet(attribute: string): Holds {
  return ({ config }) => config[attribute] !== undefined;
}

/** Holds where a resource of a type refers to this one by an attribute. */
export function hasReferrer(type: string, attribute: string): Holds {
  return (resource, stack) => stack.referrers(type, attribute, resource).length > 0;
}
