import { expect, test } from 'vitest';
import { breaks } from '../../test/broken-stacks.ts';
import { type CheckovFailure, checkovMissing, runCheckov } from '../../test/checkov.ts';
import { StackDraft } from '../../test/edit-stack.ts';
import { recordedStack } from '../../test/recorded-stack.ts';
import type { StackJson } from '../model/stack-json.ts';
import { checkPolicy } from './check-policy.ts';
import { checkovBaseline } from './checkov-baseline.ts';
import { policyRules } from './policy-rules.ts';

const note = checkovMissing === false ? '' : ` (skipped: ${checkovMissing})`;
/** Checkov builds a graph of every stack. */
const timeoutMs = 300_000;

const place = ({ check, resource }: CheckovFailure) => `${check} ${resource.split('.').at(-1)}`;

test.skipIf(checkovMissing)(
  `Checkov finds nothing in our stacks but what has a reason${note}`,
  async () => {
    const stacks = { production: recordedStack('production'), everything: recordedStack('everything') };
    const baselines = Object.values(stacks).map(checkovBaseline);
    const failed_checks = baselines.flatMap((baseline) => baseline.failed_checks);
    expect(await runCheckov(stacks, { failed_checks })).toEqual([]);
  },
  timeoutMs,
);

test.skipIf(checkovMissing)(
  `our rules find what Checkov finds in broken stacks${note}`,
  async () => {
    const healthy = recordedStack('everything');
    const stacks = brokenStacks(healthy);
    const failures = await runCheckov({ healthy, ...stacks });
    const known = new Set(failures.filter(({ stack }) => stack === 'healthy').map(place));
    expect([...known].map((failure) => failure.split(' ')[0])).toContain('CKV_AWS_157');
    const fresh = failures.filter((failure) => !known.has(place(failure)));

    const ours = new Map(Object.entries(stacks).map(([name, json]) => [name, placesOfOurs(json)]));
    expect(fresh.filter((failure) => !ours.get(failure.stack)?.has(place(failure)))).toEqual([]);
    // It agrees on what was broken, rather than on nothing.
    const seen = fresh.filter(({ stack, check }) => checkovIds(stack).includes(check));
    expect(new Set(seen.map(({ stack }) => stack)).size).toBeGreaterThanOrEqual(40);
  },
  timeoutMs,
);

/** One for each rule that Checkov has too, by the rule's id. */
function brokenStacks(healthy: StackJson): Record<string, StackJson> {
  const shared = policyRules.filter(({ ids }) => ids?.checkov !== undefined);
  return Object.fromEntries(
    shared.map(({ id }) => {
      const draft = new StackDraft(healthy);
      breaks[id]?.[0]?.(draft);
      return [id, draft.json];
    }),
  );
}

function placesOfOurs(json: StackJson): Set<string> {
  const { findings } = checkPolicy(json);
  return new Set(
    findings.flatMap(({ ids, resource }) =>
      (ids?.checkov ?? []).map((check) => place({ stack: '', check, resource })),
    ),
  );
}

function checkovIds(ruleId: string): readonly string[] {
  return policyRules.find(({ id }) => id === ruleId)?.ids?.checkov ?? [];
}
