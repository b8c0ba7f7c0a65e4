import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Dms, type Ended, followHint } from '../test/dms.ts';
import { type Emulator, startEmulator } from '../test/emulator.ts';
import { Strays } from '../test/strays.ts';
import { leaveDatabaseOut } from '../test/without-database.ts';

const { DMS_MOTO_SERVER: moto = '', DMS_TERRAFORM_PLUGIN_DIR: plugins } = process.env;
const hasTerraform = await promisify(execFile)('terraform', ['version']).then(
  () => true,
  () => false,
);
const absent = [
  moto === '' && 'DMS_MOTO_SERVER',
  plugins === undefined && 'DMS_TERRAFORM_PLUGIN_DIR',
  !hasTerraform && 'terraform',
].filter((name) => name !== false);
const note = absent.length === 0 ? '' : ` (skipped without ${absent.join(', ')})`;

// One story: each test goes on where the one before has ended.
describe.skipIf(absent.length > 0)(`the test preset on an AWS emulator${note}`, { timeout: 240_000 }, () => {
  let folder: string;
  let emulator: Emulator;
  let strays: Strays;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dms-emulator-'));
    await writeFile(
      join(folder, 'dms.config.ts'),
      `export default { environments: { test: { target: 'aws', aws: { preset: 'test', accountId: '123456789012', database: { replicas: 0 } } } } };`,
    );
    emulator = await startEmulator(moto);
    strays = new Strays(emulator.env['AWS_ENDPOINT_URL'] ?? '');
  });
  afterAll(async () => {
    await emulator?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** What the stages of another machine are handed, and nothing else. */
  const moveTo = async (machine: string): Promise<void> => {
    const stack = '.dms/test/cdktf.out/stacks/shop-test';
    const files = ['run.json', 'plan.tfplan', 'terraform.tfstate'].map((name) => `.dms/test/${name}`);
    const configured = [`${stack}/.terraform.lock.hcl`, `${stack}/emulator_override.tf.json`];
    for (const file of ['dms.config.ts', ...files, ...configured]) {
      await cp(join(folder, file), join(machine, file));
    }
    await rm(folder, { recursive: true, force: true });
    folder = machine;
  };
  const start = (...args: string[]): Dms => new Dms(folder, [...args, '--env', 'test'], emulator.env);
  const dms = (...args: string[]): Promise<Ended> => start(...args).ended;
  const mode = async (...path: string[]): Promise<string> =>
    ((await stat(join(folder, '.dms', 'test', ...path))).mode & 0o777).toString(8);

  test('without credentials plan says what is missing, and whose', async () => {
    const { code, stderr } = await new Dms(folder, ['plan', '--env', 'test'], {
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
      AWS_CONFIG_FILE: join(folder, 'none'),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
    }).ended;
    expect(stderr).toContain('terraform plan failed');
    expect(stderr).toContain('Give AWS credentials');
    expect(stderr).not.toMatch(/^ +at /m);
    expect(code).toBe(1);
  });

  test('apply without a plan says to make one', async () => {
    const { code, stderr } = await dms('apply', '--yes');
    expect(stderr).toContain("There is no plan of 'test' to apply.");
    expect(stderr).toContain('dms plan --env test');
    expect(code).toBe(1);
    const made = await followHint(folder, stderr, emulator.env);
    expect(made.map((command) => command.code)).toEqual([0]);
    expect((await dms('apply')).stderr).toContain('to add, 0 to change, 0 to destroy in');
  });

  test('plan counts what would be made, and is readable by its user alone', async () => {
    expect((await dms('synth')).code).toBe(0);
    await leaveDatabaseOut(join(folder, '.dms/test/cdktf.out/stacks/shop-test'));
    const { code, stdout, stderr } = await dms('plan', '--json');
    expect(stderr).toContain('to add, 0 to change, 0 to destroy');
    expect(code).toBe(0);
    const plan = JSON.parse(stdout);
    expect(plan.types).toMatchObject({ aws_vpc: { add: 1, change: 0, destroy: 0 }, aws_kms_key: { add: 1 } });
    expect(plan.destructive).toEqual([]);
    expect(await mode()).toBe('700');
    expect(await mode('plan.tfplan')).toBe('600');
  });

  test('apply needs a yes; with other settings it needs another plan', async () => {
    const unasked = await dms('apply');
    expect(unasked.stderr).toContain('--yes confirms it');
    expect(unasked.code).toBe(2);
    const config = join(folder, 'dms.config.ts');
    const settings = await readFile(config, 'utf8');
    await writeFile(config, settings.replace("preset: 'test'", "preset: 'test', owner: 'somebody-else'"));
    const outdated = await dms('apply', '--yes');
    expect(outdated.stderr).toContain('has changed since it was planned');
    expect(outdated.code).toBe(1);
    await writeFile(config, settings);
  });

  test('Ctrl-C lets Terraform end what it does, releases the lock, and says how to go on', async () => {
    const command = start('apply', '--yes');
    // Nothing but the network and the key is under way by then, and Terraform waits for both.
    expect(await command.shows('Still creating')).toBe(true);
    command.process.kill('SIGINT');
    const { code, stderr } = await command.ended;
    expect(stderr).toContain("Go on with 'dms plan --env test'");
    expect(code).toBe(1);
    expect(await readdir(join(folder, '.dms/test'))).not.toContain('.terraform.tfstate.lock.info');
    expect((await dms('apply', '--yes')).stderr).toContain("'dms plan'");
  });

  test('a destructive change stops the plan with 3, and goes on when each is confirmed by name', async () => {
    const config = join(folder, 'dms.config.ts');
    const settings = await readFile(config, 'utf8');
    await writeFile(
      config,
      settings.replace("preset: 'test'", "preset: 'test', network: { cidr: '10.9.0.0/16' }"),
    );
    const stopped = await dms('plan');
    expect(stopped.code).toBe(3);
    // The interrupted network is created again in any case.
    expect(stopped.stderr).toMatch(/- replace shop-test \(aws_vpc\.\S+, .*\)\n {2}The network is deleted/);
    expect(await readdir(join(folder, '.dms/test'))).not.toContain('plan.tfplan');
    expect((await dms('apply', '--yes')).code).toBe(1);
    const confirmed = (stopped.stderr.match(/--confirm \S+/g) ?? []).flatMap((flag) => flag.split(' '));
    const meant = await dms('plan', ...confirmed);
    expect(meant.stdout).toContain('Cannot be taken back, and confirmed');
    expect(meant.code).toBe(0);
  });

  test('apply goes on, on another machine too, and leaves the outputs for the stages after it', async () => {
    await moveTo(await mkdtemp(join(tmpdir(), 'dms-emulator-')));
    const { code, stdout, stderr } = await dms('apply', '--yes', '--json');
    expect(stderr).toMatch(/\d+ added, \d+ changed, \d+ destroyed/);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).outputs).toMatchObject({ database_name: 'shop', port: 15_432 });
    expect(await mode('terraform.tfstate')).toBe('600');
    const again = await dms('apply', '--yes');
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('applied before') });
  });

  test('no secret is in the state or in the record of the stages', async () => {
    for (const name of ['run.json', 'terraform.tfstate']) {
      const text = await readFile(join(folder, '.dms/test', name), 'utf8');
      expect(text).not.toContain('emulated-secret-access-key');
      expect(text).not.toMatch(/"(password|secret_string)": "[^"]/);
    }
  });

  test('backup takes a snapshot that can be restored from', async () => {
    await strays.addDatabase('shop-test', 'shop-test');
    const { code, stdout } = await dms('backup', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).snapshots).toEqual([
      expect.objectContaining({
        database: 'shop-test',
        sizeGib: 20,
        identifier: expect.stringMatching(/^shop-test-\d{8}t\d{6}z$/),
      }),
    ]);
  });

  test('destroy needs the name of the environment', async () => {
    expect(await dms('destroy')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--confirm test'),
    });
    const other = await dms('destroy', '--confirm', 'production');
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining("'production'") });
  });

  test('destroy names what is left, what it costs, and what removes it; not what another stack has', async () => {
    const address = await strays.addAddress('shop-test');
    const gateway = await strays.addNatGateway('shop-test');
    const volume = await strays.addVolume('shop-test-bastion');
    await strays.addLogGroup('/aws/rds/proxy/shop-test');
    await strays.addLogGroup('RDSOSMetrics');
    await strays.addAddress('shop-test-2');
    await strays.addSnapshot('shop-test-2-kept', 'shop-test', 'shop-test-2');
    const { code, stdout, stderr } = await dms('destroy', '--confirm', 'test', '--wait', '0', '--json');
    expect(stderr).toContain("The stack of 'test' is destroyed, and not all of it is gone.");
    expect(code).toBe(1);
    const { proof, destroyed } = JSON.parse(stdout);
    expect(destroyed).toBeGreaterThan(40);
    expect(proof.notChecked).toEqual([]);
    expect(proof.charged).toMatchObject([
      { kind: 'automated snapshot', id: expect.stringMatching(/^rds:shop-test-/) },
      { kind: 'database instance', id: 'shop-test' },
      { kind: 'elastic address', id: address, monthlyUsd: 3.65, removal: expect.stringContaining(address) },
      { kind: 'log group', id: '/aws/rds/proxy/shop-test' },
      { kind: 'manual snapshot', id: expect.stringMatching(/^shop-test-\d{8}t/), monthlyUsd: 1.9 },
      { kind: 'NAT gateway', id: gateway, monthlyUsd: expect.closeTo(35.04) },
      { kind: 'volume', id: volume, detail: '8 GiB, available' },
    ]);
    expect(proof.free).toContainEqual(
      expect.objectContaining({
        kind: 'key',
        detail: expect.stringMatching(/to be deleted on \d{4}-\d\d-\d\d/),
      }),
    );
    expect(proof.free).toContainEqual(expect.objectContaining({ id: 'RDSOSMetrics' }));
  });

  test('with the strays gone the same command proves that nothing is left that costs money', async () => {
    await strays.remove();
    const { code, stdout } = await dms('destroy', '--confirm', 'test', '--wait', '0');
    expect(stdout).toContain('Nothing of the stack costs money any more.');
    expect(code).toBe(0);
    expect((await dms('apply', '--yes')).stderr).toContain("There is no plan of 'test'");
  });
});
