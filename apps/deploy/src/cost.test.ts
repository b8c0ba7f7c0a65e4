import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  type ListedItem,
  listedItems,
  startPriceListServer,
} from '../../../packages/aws/test/price-list-server.ts';
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
  const aws = { preset: 'development' };
  folder = await scratchFolder({
    plain: { target: 'aws', aws },
    poor: { target: 'aws', aws: { ...aws, monthlyBudgetUsd: 5 } },
    rich: { target: 'aws', aws: { ...aws, monthlyBudgetUsd: 5000 } },
    spain: { target: 'aws', aws: { ...aws, region: 'eu-south-2', monthlyBudgetUsd: 5000 } },
    'poor-spain': { target: 'aws', aws: { ...aws, region: 'eu-south-2', monthlyBudgetUsd: 1 } },
    'plain-spain': { target: 'aws', aws: { ...aws, region: 'eu-south-2' } },
    copied: {
      target: 'aws',
      aws: {
        preset: 'production',
        monthlyBudgetUsd: 5000,
        backups: { copyToRegion: 'eu-south-2' },
        crossRegionReplicas: [{ region: 'eu-north-1', zones: ['eu-north-1a', 'eu-north-1b'] }],
      },
    },
  });
});
afterAll(() => folder.remove());

test('a month over the budget is a finding, in either currency', async () => {
  const poor = await dms(folder.path, 'cost', '--env', 'poor');
  expect(poor.code).toBe(3);
  expect(poor.stdout).toContain('total');
  expect(poor.stderr).toMatch(/'poor' may cost [\d.]+ USD a month; its budget is 5 USD/);
  expect(poor.stderr).toContain("'dms cost --env poor' shows the components");
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
  await rm(join(folder.path, 'dms.prices.json'));
});

describe('what has no price', () => {
  const prices = () => join(folder.path, 'dms.prices.json');

  /** Runs `dms` while AWS lists these items. */
  async function withList(items: readonly ListedItem[], ...args: string[]) {
    const server = await startPriceListServer(items);
    const ended = await new Dms(folder.path, args, {
      AWS_ENDPOINT_URL: server.url,
      AWS_ACCESS_KEY_ID: 'mock',
      AWS_SECRET_ACCESS_KEY: 'mock',
    }).ended;
    await server.close();
    return ended;
  }

  test('without a budget is listed, and the total is said to be incomplete, with what to do', async () => {
    const { code, stdout, stderr } = await dms(folder.path, 'cost', '--env', 'plain-spain');
    expect(code).toBe(0);
    expect(stderr).toMatch(/at least [\d.]+ USD .* incomplete: \d+ without a price/);
    expect(stdout).toMatch(/^total, incomplete /m);
    expect(stdout).toMatch(/aws_kms_key\.\w+: no price of kms\.key in eu-south-2/);
    expect(stdout).toContain("'dms prices refresh --env plain-spain'");
    const { stdout: json } = await dms(folder.path, 'cost', '--env', 'plain-spain', '--json');
    expect(JSON.parse(json)).toMatchObject({ complete: false });
  });

  test.each(['cost', 'deploy --only cost'])('leaves the budget undecided: dms %s', async (command) => {
    const { code, stderr } = await dms(folder.path, ...command.split(' '), '--env', 'spain');
    expect(code).toBe(3);
    expect(stderr).toContain("Whether 'spain' keeps to its budget of 5000 USD a month can't be decided");
    expect(stderr).toMatch(/no price of kms\.key in eu-south-2: aws_kms_key\./);
    expect(stderr).toContain("'dms prices refresh --env spain'");
  });

  test('has one after a refresh: the budget is then kept, or exceeded', async () => {
    onTestFinished(() => rm(prices()));
    const items = listedItems('eu-south-2', 'EUS2-', ['db.t4g.micro']);
    expect(await withList(items, 'prices', 'refresh', '--env', 'spain')).toMatchObject({ code: 0 });
    const { code, stdout } = await dms(folder.path, 'cost', '--env', 'spain', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ complete: true, unpriced: [], budget: { verdict: 'kept' } });
    expect(code).toBe(0);
    const poor = await dms(folder.path, 'cost', '--env', 'poor-spain');
    expect(poor.stderr).toMatch(/'poor-spain' may cost [\d.]+ USD a month; its budget is 1 USD/);
    expect(poor.code).toBe(3);
  });

  test('and is not listed by AWS goes by hand into the file that the refresh has written', async () => {
    onTestFinished(() => rm(prices()));
    const items = listedItems('eu-south-2', 'EUS2-', ['db.t4g.large']).filter(
      ({ serviceCode }) => serviceCode !== 'awskms',
    );
    const refresh = await withList(items, 'prices', 'refresh', '--env', 'spain');
    expect(refresh.stdout).toMatch(/Without a price, until it is written[^]*kms\.key in eu-south-2/);
    const { code, stderr } = await dms(folder.path, 'cost', '--env', 'spain');
    expect(code).toBe(3);
    const missing = [...stderr.matchAll(/no price of (\S+) in eu-south-2/g)].map(([, key]) => key);
    expect(missing.toSorted()).toEqual(['kms.key', 'rds.instance.db.t4g.micro']);
    expect(stderr).toContain('regions.REGION.KEY: { usd, per, source, quality }');
    const file = JSON.parse(await readFile(prices(), 'utf8'));
    const own = { usd: 1, per: 'hour', source: 'our contract', quality: 'bill' };
    Object.assign(file.regions['eu-south-2'], {
      'kms.key': { ...own, per: 'month' },
      'rds.instance.db.t4g.micro': own,
    });
    await writeFile(prices(), JSON.stringify(file));
    expect(await dms(folder.path, 'cost', '--env', 'spain')).toMatchObject({ code: 0 });
  });

  test('in other regions of the stack is refreshed with the rest', { timeout: 90_000 }, async () => {
    onTestFinished(() => rm(prices()));
    const before = await dms(folder.path, 'cost', '--env', 'copied');
    expect(before.code).toBe(3);
    for (const price of ['backup.copy in eu-south-2', 'rds.storage.gp3 in eu-north-1'])
      expect(before.stderr).toContain(`no price of ${price}`);
    const items = [
      ...listedItems('eu-west-1', 'EU-', ['db.m7g.large']),
      ...listedItems('eu-south-2', 'EUS2-', ['db.m7g.large']),
      ...listedItems('eu-north-1', 'EUN1-', ['db.m7g.large']),
    ];
    const refresh = await withList(items, 'prices', 'refresh', '--env', 'copied', '--json');
    expect(JSON.parse(refresh.stdout).regions).toMatchObject([
      { region: 'eu-west-1', missing: [] },
      { region: 'eu-south-2', missing: [] },
      { region: 'eu-north-1', missing: [] },
    ]);
    expect(await dms(folder.path, 'cost', '--env', 'copied')).toMatchObject({ code: 0 });
  });
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
