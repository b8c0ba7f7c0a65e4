import { UserError } from '@ecommerce-dms/errors';
import type { PolicyReport } from '@ecommerce-dms/stack';
import { stage } from '../declare-stage.ts';
import { synth } from './synth.ts';

/** Holds the synthesized stack against the policy rules. */
export const policy = stage({
  name: 'policy',
  help: 'check the AWS stack against the policy rules',
  details: 'Exit code 3 if there are findings.',
  job: 'check',
  title: 'Checking its policy',
  needs: { synth },
  run: async (_context, { synth }) => {
    const { checkPolicy } = await import('@ecommerce-dms/stack');
    const report = checkPolicy(synth.json);
    const { findings, suppressed, rulesChecked } = report;
    const verdict = findings.length === 0 ? 'no finding' : `${findings.length} findings`;
    return {
      summary: `${rulesChecked} rules, ${verdict}, ${suppressed.length} suppressed`,
      result: report,
    };
  },
  render: ({ result }) => renderPolicy(result),
  findings: ({ result: { findings } }, { name }) => {
    if (findings.length === 0) return undefined;
    return new UserError('policy-findings', `The stack of '${name}' has ${findings.length} findings.`);
  },
});

/** The findings for people: what, where, why, and what fixes it; then what is suppressed, and why. */
function renderPolicy({ findings, rulesChecked, suppressed }: PolicyReport): string {
  const head = `${rulesChecked} rules, ${findings.length} findings, ${suppressed.length} suppressed with a reason`;
  const blocks = findings.map(
    ({ rule, severity, resource, why, fix, ids }) =>
      `${severity.toUpperCase()}  ${rule}  ${resource}\n  ${why}\n  Fix: ${fix}\n  ${Object.values(ids).flat().join(', ')}`,
  );
  return [head, ...blocks, ...renderSuppressed(suppressed)].join('\n\n');
}

function renderSuppressed(suppressed: PolicyReport['suppressed']): string[] {
  const resources = Map.groupBy(suppressed, ({ rule, reason }) => `suppressed  ${rule}  ${reason}`);
  return [...resources].map(([line, findings]) =>
    [line, ...findings.map(({ resource }) => `  ${resource}`)].join('\n'),
  );
}
