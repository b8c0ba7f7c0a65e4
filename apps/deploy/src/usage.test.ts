import { spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bin, dms, folderWith, followHint, scratchFolder } from '../test/dms.ts';

let folder: Awaited<ReturnType<typeof scratchFolder>>;
beforeAll(async () => {
  folder = await scratchFolder();
});
afterAll(() => folder.remove());

test('help lists the commands and the exit codes', async () => {
  const { code, stdout } = await dms(folder.path, '--help');
  expect(code).toBe(0);
  for (const name of [
    'up',
    'down',
    'status',
    'migrate',
    'seed',
    'validate',
    'alarms',
    'synth',
    'policy',
    'cost',
    'plan',
    'apply',
    'backup',
    'deploy',
    'destroy',
    'bootstrap',
  ]) {
    expect(stdout).toContain(`\n  ${name} `);
  }
  expect(stdout).toContain('Exit codes: 0 done, 1 failed, 2 usage or settings, 3 findings.');
});

test('help loads nothing of what the stages work with', () => {
  const loaded = `import { registerHooks } from 'node:module';
    registerHooks({ load: (url, context, next) => { console.error(url); return next(url, context); } });`;
  const { stderr, stdout } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(loaded)}`, bin, '--help'],
    { encoding: 'utf8' },
  );
  expect(stdout).toContain('Stages of up and deploy:');
  const urls = stderr.split('\n').filter((url) => url.startsWith('file:'));
  expect(urls.filter((url) => url.includes('/src/stages/')).length).toBeGreaterThan(10);
  const dependencies = urls.filter((url) => !url.includes('/apps/deploy/'));
  // Of the migrator only the declarations of its commands.
  const allowed =
    /\/node_modules\/commander\/|\/packages\/errors\/|\/packages\/migrator\/src\/(cli\/|migrator-command)/;
  expect(dependencies.filter((url) => !allowed.test(url))).toEqual([]);
});

test('--version is that of the package', async () => {
  const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  expect(await dms(folder.path, '--version')).toMatchObject({ code: 0, stdout: `${manifest.version}\n` });
});

test.each([
  { command: '--nope', message: "unknown option '--nope'" },
  { command: 'nope', message: "unknown command 'nope'" },
  { command: 'up --nope', message: "unknown option '--nope'" },
  {
    command: 'up --orders ten',
    message: "'--orders <n>' argument 'ten' is invalid. It must be a whole number",
  },
  { command: 'up --orders -1', message: "'--orders <n>' argument '-1' is invalid" },
  { command: 'up --port 70000', message: 'It must be a port, 1024 to 65535.' },
  { command: 'up extra', message: 'too many arguments' },
  { command: 'up --catalog', message: "option '--catalog <file>' argument missing" },
  { command: 'import', message: "missing required argument 'file'" },
  { command: 'cost --currency GBP', message: 'Allowed choices are USD, EUR' },
  { command: 'migrate --info --dry-run', message: 'cannot be used with' },
  { command: 'deploy --only plan --from synth', message: 'cannot be used with' },
  { command: 'deploy --to nope', message: 'Allowed choices are synth, policy' },
  { command: 'destroy --wait long', message: "'--wait <seconds>' argument 'long' is invalid" },
  { command: 'status --env nope', message: "There is no environment 'nope'" },
  { command: 'down --env on-aws', message: "There is no environment 'on-aws'" },
])('dms $command is a usage error', async ({ command, message }) => {
  const { code, stdout, stderr } = await dms(folder.path, ...command.split(' '));
  expect(stderr).toContain(message);
  expect(stderr).not.toMatch(/^ +at /m);
  expect(stdout).toBe('');
  expect(code).toBe(2);
});

test.each(['migrate', 'seed', 'validate', 'alarms'])(
  'dms %s says how to start the database when it is not running',
  async (command) => {
    const { code, stderr } = await dms(folder.path, command);
    expect(stderr).toContain("The local database of 'local' is not running.");
    expect(stderr).toContain("Start it with 'dms up'.");
    expect(code).toBe(1);
  },
);

test.each(['plan', 'apply', 'backup', 'deploy', 'destroy', 'bootstrap'])(
  'dms %s of a local environment says what to do instead',
  async (command) => {
    const { code, stderr } = await dms(folder.path, command);
    expect(stderr).toContain("'local' is local.");
    expect(stderr).not.toMatch(/^ +at /m);
    expect(code).toBe(2);
  },
);

test.each(['status', 'down'])(
  'dms %s of a database that was never started is no failure',
  async (command) => {
    const { code, stdout } = await dms(folder.path, command);
    expect(stdout).toMatch(/stopped/i);
    expect(code).toBe(0);
  },
);

test('all faults of the settings are reported at once', async () => {
  const path = await folderWith(
    {
      local: { target: 'local', port: 0, orders: 1.5, colour: 'red' },
      staging: {
        target: 'aws',
        aws: { preset: 'huge', accountId: '12', monthlyBudgetUsd: 0, database: { replicas: -1 } },
      },
    },
    folder.path,
    'faulty',
  );
  const { code, stderr } = await dms(path, 'up');
  expect(code).toBe(2);
  for (const fault of [
    'local.port',
    'local.orders',
    'colour',
    'aws.preset',
    'An account has 12 digits',
    'monthlyBudgetUsd',
    'replicas',
  ]) {
    expect(stderr).toContain(fault);
  }
});

test('a region that is none is refused wherever the settings name one, with the nearest name', async () => {
  const path = await folderWith(
    {
      local: { target: 'local', aws: { region: 'eu-wset-1' } },
      production: {
        target: 'aws',
        aws: {
          region: 'Frankfurt',
          state: { type: 's3', bucket: 'state', key: 'shop.tfstate', region: 'eu-west-9' },
          backups: { copyToRegion: 'eu-nort-1' },
          crossRegionReplicas: [{ region: 'us-est-2', zones: ['us-est-2a', 'us-est-2b'] }],
        },
      },
    },
    folder.path,
    'nowhere',
  );
  const { code, stderr } = await dms(path, 'cost', '--env', 'production');
  expect(code).toBe(2);
  for (const { at, suggested } of [
    { at: 'local.aws.region', suggested: 'eu-west-1' },
    { at: 'production.aws.region', suggested: 'eu-central-1' },
    { at: 'aws.state.region', suggested: 'eu-west-1' },
    { at: 'aws.backups', suggested: 'eu-north-1' },
    { at: 'aws.crossRegionReplicas[0].region', suggested: 'us-east-2' },
  ]) {
    expect(stderr).toMatch(new RegExp(`Did you mean ${suggested},[^✖]*${at.replaceAll(/[[\].]/g, '\\$&')}`));
  }
});

test('a settings file that cannot be loaded is a usage error with its reason', async () => {
  const path = join(folder.path, 'broken');
  await mkdir(path);
  await writeFile(join(path, 'dms.config.ts'), 'export default {');
  const { code, stderr } = await dms(path, 'synth');
  expect(code).toBe(2);
  expect(stderr).toMatch(/dms\.config\.ts cannot be loaded: /);
});

test.each([{ type: 'commonjs' }, { type: 'module' }, { type: undefined }])(
  'a settings file is an ES module, with what it imports, in a package of type $type',
  async ({ type }) => {
    const path = join(folder.path, `type-${type}`);
    await mkdir(path);
    await writeFile(join(path, 'package.json'), JSON.stringify({ type }));
    await writeFile(join(path, 'zone.ts'), `export const region: string = 'eu-central-1';`);
    await writeFile(
      join(path, 'dms.config.ts'),
      `import { region } from './zone.ts';
       export default { environments: { staging: { target: 'aws', aws: { preset: 'staging', region } } } };`,
    );
    const { code, stderr } = await dms(path, 'synth', '--env', 'staging');
    expect(code).toBe(0);
    expect(stderr).not.toContain('Warning');
  },
);

test('an environment on AWS needs DATABASE_URL', async () => {
  const path = await folderWith(
    { production: { target: 'aws', aws: { preset: 'production', alertEmails: ['dba@example.com'] } } },
    folder.path,
    'aws',
  );
  const migrate = await dms(path, 'migrate', '--env', 'production');
  expect(migrate.code).toBe(2);
  expect(migrate.stderr).toContain('DATABASE_URL is not set');
  const up = await dms(path, 'up', '--env', 'production');
  expect(up.code).toBe(2);
  expect(up.stderr).toContain("'production' is on AWS");
});

test('synth, policy and cost of an environment need no database', async () => {
  const path = join(folder.path, 'aws');
  const synth = await dms(path, 'synth', '--env', 'production', '--json');
  expect(synth.code).toBe(0);
  expect(JSON.parse(synth.stdout)).toMatchObject({
    types: { aws_db_instance: 2, aws_db_parameter_group: 1 },
  });
  const policy = await dms(path, 'policy', '--env', 'production');
  expect(policy).toMatchObject({ code: 0, stdout: expect.stringContaining(' 0 findings') });
  const cost = await dms(path, 'cost', '--env', 'production', '--hours', '3');
  expect(cost.code).toBe(0);
  for (const row of ['RDS', 'NAT', 'misc', 'total', 'Sources of the prices:'])
    expect(cost.stdout).toContain(row);
});

test('what a preset does without is listed with its reason, and is no finding', async () => {
  const path = await folderWith(
    {
      trial: { target: 'aws', aws: { preset: 'test', suppressions: { 'log-encrypted': 'It is a trial.' } } },
    },
    folder.path,
    'suppressed',
  );
  const { code, stdout } = await dms(path, 'policy', '--env', 'trial');
  expect(code).toBe(0);
  expect(stdout).toMatch(/rds-deletion-protection +It exists to be deleted\.\n +aws_db_instance\./);
  const { stdout: json } = await dms(path, 'policy', '--env', 'trial', '--json');
  expect(JSON.parse(json).suppressed).toContainEqual(
    expect.objectContaining({ rule: 'rds-backups', reason: 'Its data is made by a command.' }),
  );
});

test('a suppression of a rule that does not exist is refused', async () => {
  const path = await folderWith(
    { trial: { target: 'aws', aws: { suppressions: { 'rds-multi': 'Why not.' } } } },
    folder.path,
    'unknown-rule',
  );
  const { code, stderr } = await dms(path, 'policy', '--env', 'trial');
  expect(stderr).toContain('there is no rule "rds-multi"');
  expect(code).toBe(2);
});

test('synth --explain says how the settings differ from the preset, and why', async () => {
  const path = await folderWith(
    {
      staging: {
        target: 'aws',
        aws: {
          preset: 'staging',
          database: { replicas: 2 },
          network: { nat: 'single' },
        },
      },
    },
    folder.path,
    'explained',
  );
  const { code, stdout } = await dms(path, 'synth', '--env', 'staging', '--explain');
  expect(code).toBe(0);
  expect(stdout).toMatch(/database\.replicas +1 +2 +reads/);
  const { differences, presets } = JSON.parse(
    (await dms(path, 'synth', '--env', 'staging', '--explain', '--json')).stdout,
  );
  expect(differences).toMatchObject([{ setting: 'database.replicas', preset: 1, here: 2 }]);
  expect(presets).toContainEqual(
    expect.objectContaining({
      setting: 'network.nat',
      values: { development: 'none', test: 'none', staging: 'single', production: 'per-zone' },
    }),
  );
});

test('the last stage of a deploy cannot come before the first', async () => {
  const path = join(folder.path, 'aws');
  const { code, stderr } = await dms(
    path,
    'deploy',
    '--env',
    'production',
    '--from',
    'alarms',
    '--to',
    'plan',
  );
  expect(stderr).toContain("'plan' comes before 'alarms'");
  expect(code).toBe(2);
});

test('production whose alarms reach nobody has a finding of the worst severity', async () => {
  const suppressions = { 'alert-topic-subscribed': 'The on-call tool subscribes itself.' };
  const path = await folderWith(
    {
      production: { target: 'aws', aws: { preset: 'production' } },
      accepted: { target: 'aws', aws: { preset: 'production', suppressions } },
      staging: { target: 'aws', aws: { preset: 'staging' } },
      local: { target: 'local' },
    },
    folder.path,
    'unheard',
  );
  const { code, stdout } = await dms(path, 'policy', '--env', 'production');
  expect(code).toBe(3);
  expect(stdout).toMatch(
    / 1 findings[^]*CRITICAL {2}alert-topic-subscribed {2}aws_sns_topic\.[^]*alertEmails/,
  );
  const deploy = await dms(path, 'deploy', '--env', 'production', '--to', 'policy');
  expect(deploy.code).toBe(3);
  for (const { environment, reason } of [
    { environment: 'accepted', reason: 'The on-call tool subscribes itself.' },
    { environment: 'staging', reason: 'Nobody is on call for it.' },
    { environment: 'local', reason: 'The environment is local: its stack is never applied.' },
  ]) {
    const judged = await dms(path, 'policy', '--env', environment);
    expect(judged).toMatchObject({ code: 0, stdout: expect.stringContaining(reason) });
  }
});

test('a suppression of the settings holds for the whole stack, its alarms and its state included', async () => {
  const rules = ['alarm-tells-somebody', 'alert-topic-known', 'required-tags', 'rds-multi-az'];
  const suppressions = Object.fromEntries(rules.map((rule) => [rule, 'It is a trial.']));
  const path = await folderWith(
    { trial: { target: 'aws', aws: { preset: 'test', suppressions } } },
    folder.path,
    'whole',
  );
  expect((await dms(path, 'synth', '--env', 'trial')).code).toBe(0);
  const file = join(path, '.dms/trial/cdktf.out/stacks/shop-trial/cdk.tf.json');
  const { '//': comment } = JSON.parse(await readFile(file, 'utf8')) as {
    '//': { suppressions: { rule: string; path: string }[] };
  };
  for (const rule of rules)
    expect(comment.suppressions).toContainEqual(expect.objectContaining({ rule, path: 'shop-trial' }));
});

test('a plan of another shape in the state is refused with what is wrong with it', async () => {
  const path = await folderWith(
    { trial: { target: 'aws', aws: { preset: 'test' } } },
    folder.path,
    'other-shape',
  );
  await mkdir(join(path, '.dms', 'trial'), { recursive: true });
  const plan = { finishedAt: new Date().toISOString(), durationMs: 1, result: { stackDigest: 'abc' } };
  await writeFile(
    join(path, '.dms', 'trial', 'run.json'),
    JSON.stringify({ version: 1, environment: 'trial', stages: { plan } }),
  );
  const { code, stderr } = await dms(path, 'apply', '--env', 'trial', '--yes');
  expect(stderr).toMatch(/run\.json cannot be used: the result of 'plan' has faults:[^]*planDigest/);
  expect(code).toBe(1);
});

test('policy findings end with exit code 3', async () => {
  const path = await folderWith(
    {
      open: {
        target: 'aws',
        aws: {
          preset: 'production',
          database: { deletionProtection: false },
        },
      },
    },
    folder.path,
    'findings',
  );
  const { code, stdout, stderr } = await dms(path, 'policy', '--env', 'open');
  expect(stdout).toContain('Fix: ');
  expect(stderr).toContain('findings');
  expect(code).toBe(3);
});

test.each([
  { stage: 'policy', message: "The stack of 'strict' has", shown: 'Fix: ' },
  { stage: 'cost', message: "'strict' may cost", shown: 'total ' },
])('findings stop a deploy at $stage, and its hint shows them', async ({ stage, message, shown }) => {
  const path = await folderWith(
    {
      strict: {
        target: 'aws',
        aws: {
          preset: 'production',
          database: { deletionProtection: false },
          monthlyBudgetUsd: 1,
        },
      },
    },
    folder.path,
    `stopped-at-${stage}`,
  );
  const stopped = await dms(path, 'deploy', '--env', 'strict', '--only', stage);
  expect(stopped.stderr).toContain(message);
  expect(stopped.stderr).toContain(`'dms ${stage} --env strict'`);
  expect(stopped).toMatchObject({ code: 3, stdout: '' });
  const [followed] = await followHint(path, stopped.stderr);
  expect(followed).toMatchObject({ code: 3, stdout: expect.stringContaining(shown) });
});
