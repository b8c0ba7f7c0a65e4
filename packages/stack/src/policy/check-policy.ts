import { requireStack } from '../model/require-stack.ts';
import type { StackJson } from '../model/stack-json.ts';
import type { StackModel } from '../model/stack-model.ts';
import { type ExternalIds, type PolicyRule, severities, type Severity } from './policy-rule.ts';
import { policyRules } from './policy-rules.ts';
import { suppressionReason } from './suppressions.ts';

/** A resource, or a block of the stack, that breaks a rule. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  /** `aws_db_instance.shop_writer`, or a block of the stack: `terraform.backend`. */
  readonly resource: string;
  /** Path of the construct, when there is one. */
  readonly path: string | undefined;
  readonly why: string;
  readonly fix: string;
  readonly ids: ExternalIds;
}

/** What {@link checkPolicy} found. */
export interface PolicyReport {
  /** Worst first; empty when the stack passes. */
  readonly findings: readonly Finding[];
  /** Findings that the stack suppresses, each with its reason. */
  readonly suppressed: readonly (Finding & { readonly reason: string })[];
  /** Number of rules that were checked. */
  readonly rulesChecked: number;
}

/**
 * Checks a synthesized stack against the rules.
 *
 * @param options.rules default: all of {@link policyRules}
 * @throws UserError `stack-empty`: the stack has neither a resource nor a module
 * @example
 * ```ts
 * const { findings, rulesChecked } = checkPolicy(json); // json: of `synthesize`
 * for (const { rule, resource, fix } of findings) console.log(`${rule}: ${resource}: ${fix}`);
 * console.log(`${rulesChecked} rules, ${findings.length} findings`);
 * ```
 */
export function checkPolicy(json: StackJson, options: { rules?: readonly PolicyRule[] } = {}): PolicyReport {
  return judge(requireStack(json), options.rules ?? policyRules);
}

/** Checks a stack against rules, wherever it was read from. */
export function judge(stack: StackModel, rules: readonly PolicyRule[]): PolicyReport {
  const findings: Finding[] = [];
  const suppressed: (Finding & { reason: string })[] = [];
  for (const { id, severity, why, fix, ids = {}, broken } of rules) {
    for (const { address, path } of broken(stack)) {
      const finding: Finding = { rule: id, severity, resource: address, path, why, fix, ids };
      const reason = suppressionReason(stack, { address, path }, id);
      if (reason === undefined) findings.push(finding);
      else suppressed.push({ ...finding, reason });
    }
  }
  findings.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  return { findings, suppressed, rulesChecked: rules.length };
}
