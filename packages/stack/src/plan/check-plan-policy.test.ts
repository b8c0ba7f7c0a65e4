import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fixtureFolder, fixturePlan, fixturePlanFile, readParts } from '../../test/fixture-plan.ts';
import { StackDraft } from '../../test/edit-stack.ts';
import { recordedStack } from '../../test/recorded-stack.ts';
import { offlineProvider, planOffline, terraformMissing } from '../../test/terraform.ts';
import type { JsonObject } from '../model/stack-json.ts';
import { checkPolicy } from '../policy/check-policy.ts';
import { checkPlanPolicy } from './check-plan-policy.ts';

const note = terraformMissing === false ? '' : ` (skipped: ${terraformMissing})`;

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'stack-plan-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** What the rules find in the fixture. */
function broken(ruleId: string): string[] {
  const { findings } = checkPlanPolicy(fixturePlan());
  return findings.filter(({ rule }) => rule === ruleId).map(({ resource }) => resource);
}

test('variables have their values', () => {
  expect(broken('rds-not-public')).toEqual(['aws_db_instance.writer']);
  expect(broken('rds-storage-encrypted')).not.toContain('aws_db_instance.writer');
});

test('references are followed', () => {
  expect(broken('rds-tls-required')).toEqual(['aws_db_instance.ledger', 'aws_db_instance.reports']);
  expect(broken('rds-customer-key')).not.toContain('aws_db_instance.writer');
});

test('modules, counts and dynamic blocks are read', () => {
  expect(broken('vpc-flow-logs')).toEqual([]);
  expect(broken('vpc-default-group-closed')).toEqual(['module.network.aws_vpc.this']);
  expect(broken('security-group-no-open-ingress')).toEqual(['aws_security_group.clients']);
});

test('what a module attaches is in use', () => {
  const group = { type: 'aws_security_group', name: 'web', mode: 'managed' } as const;
  const server = {
    type: 'aws_instance',
    name: 'web',
    mode: 'managed',
    address: 'module.web.aws_instance.web',
  } as const;
  const attached = { references: ['aws_security_group.web.id', 'aws_security_group.web'] };
  const unused = (expressions: JsonObject) => {
    const web = {
      resources: [
        { address: 'aws_security_group.web', expressions: {} },
        { address: 'aws_instance.web', expressions },
      ],
    };
    const planned = {
      address: 'module.web',
      resources: [{ ...group, address: 'module.web.aws_security_group.web' }, server],
    };
    const { findings } = checkPlanPolicy({
      format_version: '1.2',
      planned_values: { root_module: { child_modules: [planned] } },
      configuration: { root_module: { module_calls: { web: { module: web } } } },
    });
    return findings.filter(({ rule }) => rule === 'security-group-used').map(({ resource }) => resource);
  };
  expect(unused({ vpc_security_group_ids: attached })).toEqual([]);
  expect(unused({})).toEqual(['module.web.aws_security_group.web']);
});

test('a plan without resources has no finding, and no backend to judge', () => {
  const plan = {
    format_version: '1.2',
    planned_values: { root_module: {} },
    configuration: { root_module: {} },
  };
  expect(checkPlanPolicy(plan).findings).toEqual([]);
  const backend = { terraform: { backend: { s3: { bucket: 'state' } } } };
  expect(checkPlanPolicy(plan, { synthesized: backend }).findings).toMatchObject([
    { rule: 'state-encrypted-and-locked' },
  ]);
});

// Three calls of Terraform each, on a machine that may do more at the same time.
const timeoutMs = 120_000;

test.skipIf(terraformMissing)(
  `the checked-in plan is the one that Terraform makes${note}`,
  async () => {
    const folder = scratch();
    cpSync(fixtureFolder, folder, { recursive: true });
    const made = readParts(await planOffline(folder));
    await expect(`${JSON.stringify(made, undefined, 2)}\n`).toMatchFileSnapshot(fixturePlanFile);
  },
  timeoutMs,
);

test.skipIf(terraformMissing)(
  `production can be planned without an account, with the verdict of its stack${note}`,
  async () => {
    const directory = scratch();
    const draft = new StackDraft(recordedStack('production'));
    draft.set(
      'aws_db_instance',
      { publicly_accessible: true },
      (config) => config['replicate_source_db'] === undefined,
    );
    const provider = { ...draft.json.provider?.['aws']?.[0], ...offlineProvider };
    const json = { ...draft.json, provider: { aws: [{ ...provider, allowed_account_ids: undefined }] } };
    writeFileSync(join(directory, 'cdk.tf.json'), JSON.stringify(json));
    const plan = await planOffline(directory);
    expect(new Set(plan.resource_changes?.map(({ change }) => change.actions.join()))).toEqual(
      new Set(['create']),
    );
    const ofPlan = checkPlanPolicy(plan, { synthesized: json });
    const ofStack = checkPolicy(json);
    expect(ofPlan.findings).toMatchObject([{ rule: 'rds-not-public' }]);
    expect(sorted(ofPlan.findings)).toEqual(sorted(ofStack.findings));
    expect(sorted(ofPlan.suppressed)).toEqual(sorted(ofStack.suppressed));
  },
  timeoutMs,
);

function sorted<T extends { rule: string; resource: string }>(findings: readonly T[]): T[] {
  return findings.toSorted((a, b) => `${a.rule} ${a.resource}`.localeCompare(`${b.rule} ${b.resource}`));
}
