import { checkPolicy, type Finding, type StackJson } from '@ecommerce-dms/infra';
import type { StageOutcome } from '../stage.ts';

export interface PolicyResult {
  rulesChecked: number;
  findings: readonly Finding[];
  suppressed: number;
}

/** Holds a synthesized stack against the policy rules. */
export function judgeStack(json: StackJson): StageOutcome<PolicyResult> {
  const { findings, suppressed, rulesChecked } = checkPolicy(json);
  const verdict = findings.length === 0 ? 'no finding' : `${findings.length} findings`;
  return {
    summary: `${rulesChecked} rules, ${verdict}`,
    result: { rulesChecked, findings, suppressed: suppressed.length },
  };
}

/** The findings for people: what, where, why, and what mends it. */
export function renderPolicy({ findings, rulesChecked, suppressed }: PolicyResult): string {
  const head = `${rulesChecked} rules, ${findings.length} findings, ${suppressed} suppressed with a reason`;
  const blocks = findings.map(
    ({ rule, severity, resource, why, mend, ids }) =>
      `${severity.toUpperCase()}  ${rule}  ${resource}\n  ${why}\n  Mend: ${mend}\n  ${Object.values(ids).flat().join(', ')}`,
  );
  return [head, ...blocks].join('\n\n');
}
