import { mkdir, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Dms, dms, scratchFolder } from '../test/dms.ts';

const terraformMissing = ((): string | false => {
  if (process.env['DMS_TERRAFORM_PLUGIN_DIR'] === undefined) return 'DMS_TERRAFORM_PLUGIN_DIR is not set';
  try {
    execFileSync('terraform', ['version'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'there is no terraform on the PATH';
  }
})();
const note = terraformMissing === false ? '' : ` (skipped: ${terraformMissing})`;

let folder: Awaited<ReturnType<typeof scratchFolder>>;
beforeAll(async () => {
  folder = await scratchFolder();
  await writeFile(
    join(folder.path, 'dms.config.ts'),
    `const aws = { preset: 'development' };
     export default { environments: {
       plain: { target: 'aws', aws },
       poor: { target: 'aws', aws: { ...aws, monthlyBudgetUsd: 5 } },
       rich: { target: 'aws', aws: { ...aws, monthlyBudgetUsd: 5000 } },
     } };`,
  );
});
afterAll(() => folder.remove());

test('a month over the budget is a finding, in either currency', async () => {
  const poor = await dms(folder.path, 'cost', '--env', 'poor');
  expect(poor.code).toBe(3);
  expect(poor.stdout).toContain('total');
  expect(poor.stderr).toMatch(/'poor' may cost [\d.]+ USD a month; its budget is 5 USD/);
  const euro = await dms(folder.path, 'cost', '--env', 'poor', '--currency', 'EUR', '--json');
  expect(euro.code).toBe(3);
  expect(euro.stderr).toContain(/may cost [\d.]+ USD/.exec(poor.stderr)?.[0]);
  expect((await dms(folder.path, 'cost', '--env', 'rich')).code).toBe(0);
});

test('prices of the own file win, one by one, with their source', async () => {
  const usd = 1;
  const own = { usd, per: 'hour', source: 'our contract', quality: 'bill' };
  const file = { asOf: '2026-11-01', regions: { 'eu-west-1': { 'rds.instance.db.t4g.micro': own } } };
  await writeFile(join(folder.path, 'dms.prices.json'), JSON.stringify(file));
  const { stdout } = await dms(folder.path, 'cost', '--env', 'plain', '--hours', '10', '--json');
  const { rows } = JSON.parse(stdout) as { rows: { component: string; source: string; period: object }[] };
  expect(rows.find(({ component }) => component.startsWith('db.t4g.micro'))).toMatchObject({
    source: 'our contract',
    period: { low: 10, high: 10 },
  });
  expect(rows.length).toBeGreaterThan(5);

  await writeFile(
    join(folder.path, 'dms.prices.json'),
    JSON.stringify({ asOf: 'today', regions: { 'eu-west-1': { nat: { ...own, usd: -1 } } } }),
  );
  const faulty = await dms(folder.path, 'cost', '--env', 'plain');
  expect(faulty.code).toBe(2);
  expect(faulty.stderr).toMatch(/dms\.prices\.json has faults:[^]*usd[^]*refresh|asOf[^]*usd/);
  await writeFile(join(folder.path, 'dms.prices.json'), JSON.stringify(file));
});

test('a price list that does not answer is a failure with a hint, and changes nothing', async () => {
  // Nothing listens on the discard port.
  const { code, stderr } = await new Dms(folder.path, ['prices', 'refresh', '--env', 'plain'], {
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    AWS_ACCESS_KEY_ID: 'mock',
    AWS_SECRET_ACCESS_KEY: 'mock',
  }).ended;
  expect(code).toBe(1);
  expect(stderr).toContain('pricing:GetProducts');
  expect((await dms(folder.path, 'cost', '--env', 'plain')).code).toBe(0);
});

test.skipIf(terraformMissing)(`the cost beside what is applied${note}`, async () => {
  const state = {
    version: 4,
    terraform_version: '1.11.0',
    serial: 1,
    lineage: 'test',
    outputs: {},
    resources: [
      {
        mode: 'managed',
        type: 'aws_eip',
        name: 'old',
        provider: 'provider["registry.terraform.io/hashicorp/aws"]',
        instances: [{ schema_version: 0, attributes: { id: 'eipalloc-1', domain: 'vpc' } }],
      },
    ],
  };
  await mkdir(join(folder.path, '.dms', 'rich'), { recursive: true });
  await writeFile(join(folder.path, '.dms', 'rich', 'terraform.tfstate'), JSON.stringify(state));
  const { code, stdout, stderr } = await dms(folder.path, 'cost', '--env', 'rich', '--diff');
  expect(stderr).toContain('components differ');
  expect(code).toBe(0);
  expect(stdout).toMatch(/public IPv4 address +1 to 0 +3\.65 +0\.00 +-3\.65/);
  expect(stdout).toMatch(/db\.t4g\.micro +0 to 1 +0\.00/);
});
