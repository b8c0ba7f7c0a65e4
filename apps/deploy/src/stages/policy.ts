import { checkPolicy, type Finding, type PolicyReport, type StackJson } from '@ecommerce-dms/stack';
import type { StageOutcome } from '../stage.ts';

/** Holds a synthesized stack against the policy rules. */
export function judgeStack(json: StackJson): StageOutcome<PolicyReport> {
  const report = checkPolicy(json);
  const { findings, suppressed, rulesChecked } = report;
  const verdict = findings.length === 0 ? 'no finding' : `${findings.length} findings`;
  return { summary: `${rulesChecked} rules, ${verdict}, ${suppressed.length} suppressed`, result: report };
}

/** The findings for people: what, where, why, and what mends it; then what is suppressed, and why. */
export function renderPolicy({ findings, rulesChecked, suppressed }: PolicyReport): string {
  const head = `${rulesChecked} rules, ${findings.length} findings, ${suppressed.length} suppressed with a reason`;
  const blocks = findings.map(
    ({ rule, severity, resource, why, mend, ids }) =>
      `${severity.toUpperCase()}  ${rule}  ${resource}\n  ${why}\n  Mend: ${mend}\n  ${Object.values(ids).flat().join(', ')}`,
  );
  return [head, ...blocks, ...renderSuppressed(suppressed)].join('\n\n');
}

function renderSuppressed(suppressed: PolicyReport['suppressed']): string[] {
  const resources = Map.groupBy(suppressed, ({ rule, reason }) => `suppressed  ${rule}  ${reason}`);
  return [...resources].map(([line, findings]) => [line, ...findings.map(indented)].join('\n'));
}

function indented({ resource }: Finding): string {
  return `  ${resource}`;
}
