import { spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bin, dms, followHint, scratchFolder } from '../test/dms.ts';

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
  const allowed = /\/node_modules\/commander\/|\/packages\/errors\//;
  expect(dependencies.filter((url) => !allowed.test(url))).toEqual([]);
});

test('--version is that of the package', async () => {
  const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  expect(await dms(folder.path, '--version')).toMatchObject({ code: 0, stdout: `${manifest.version}\n` });
});

test.each([
  [['--nope'], "unknown option '--nope'"],
  [['nope'], "unknown command 'nope'"],
  [['up', '--nope'], "unknown option '--nope'"],
  [['up', '--orders', 'ten'], "'--orders <n>' argument 'ten' is invalid. It must be a whole number"],
  [['up', '--orders', '-1'], "'--orders <n>' argument '-1' is invalid"],
  [['up', '--port', '70000'], 'It must be a port, 1024 to 65535.'],
  [['up', 'extra'], 'too many arguments'],
  [['up', '--catalog'], "option '--catalog <file>' argument missing"],
  [['import'], "missing required argument 'file'"],
  [['cost', '--currency', 'GBP'], 'Allowed choices are USD, EUR'],
  [['migrate', '--info', '--dry-run'], 'cannot be used with'],
  [['deploy', '--only', 'plan', '--from', 'synth'], 'cannot be used with'],
  [['deploy', '--to', 'nope'], 'Allowed choices are synth, policy'],
  [['destroy', '--wait', 'long'], "'--wait <seconds>' argument 'long' is invalid"],
  [['status', '--env', 'nope'], "There is no environment 'nope'"],
  [['down', '--env', 'on-aws'], "There is no environment 'on-aws'"],
])('dms %j is a usage error', async (args, message) => {
  const { code, stdout, stderr } = await dms(folder.path, ...args);
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
  const path = join(folder.path, 'faulty');
  await mkdir(path);
  await writeFile(
    join(path, 'dms.config.ts'),
    `export default { environments: {
       local: { target: 'local', port: 0, orders: 1.5, colour: 'red' },
       staging: { target: 'aws', aws: { preset: 'huge', accountId: '12', monthlyBudgetUsd: 0, database: { replicas: -1 } } },
     } };`,
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
  const path = join(folder.path, 'nowhere');
  await mkdir(path);
  await writeFile(
    join(path, 'dms.config.ts'),
    `export default { environments: {
       local: { target: 'local', aws: { region: 'eu-wset-1' } },
       production: { target: 'aws', aws: {
         region: 'Frankfurt',
         state: { type: 's3', bucket: 'state', key: 'shop.tfstate', region: 'eu-west-9' },
         backups: { copyToRegion: 'eu-nort-1' },
         crossRegionReplicas: [{ region: 'us-est-2', zones: ['us-est-2a', 'us-est-2b'] }],
       } },
     } };`,
  );
  const { code, stderr } = await dms(path, 'cost', '--env', 'production');
  expect(code).toBe(2);
  for (const [at, suggested] of [
    ['local.aws.region', 'eu-west-1'],
    ['production.aws.region', 'eu-central-1'],
    ['aws.state.region', 'eu-west-1'],
    ['aws.backups', 'eu-north-1'],
    ['aws.crossRegionReplicas[0].region', 'us-east-2'],
  ]) {
    expect(stderr).toMatch(new RegExp(`Did you mean ${suggested},[^✖]*${at?.replaceAll(/[[\].]/g, '\\$&')}`));
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

test.each([['commonjs'], ['module'], [undefined]])(
  'a settings file is an ES module, with what it imports, in a package of type %s',
  async (type) => {
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
  const path = join(folder.path, 'aws');
  await mkdir(path);
  await writeFile(
    join(path, 'dms.config.ts'),
    `export default { environments: { production: { target: 'aws', aws: { preset: 'production', alertEmails: ['dba@example.com'] } } } };`,
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
  const path = join(folder.path, 'suppressed');
  await mkdir(path);
  await writeFile(
    join(path, 'dms.config.ts'),
    `export default { environments: { trial: { target: 'aws', aws: { preset: 'test',
       suppressions: { 'log-encrypted': 'It is a trial.' } } } } };`,
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
  const path = join(folder.path, 'unknown-rule');
  await mkdir(path);
  await writeFile(
    join(path, 'dms.config.ts'),
    `export default { environments: { trial: { target: 'aws', aws: { suppressions: { 'rds-multi': 'Why not.' } } } } };`,
  );
  const { code, stderr } = await dms(path, 'policy', '--env', 'trial');
  expect(stderr).toContain('there is no rule "rds-multi"');
  expect(code).toBe(2);
});

test('synth --explain tells how the settings differ from the preset, and why', async () => {
  const path = join(folder.path, 'explained');
  await mkdir(path);
  await writeFile(
    join(path, 'dms.config.ts'),
    `export default { environments: { staging: { target: 'aws', aws: {
       preset: 'staging', database: { replicas: 2 }, network: { nat: 'single' } } } } };`,
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

test('the last stage of a deploy can not come before the first', async () => {
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
  const path = join(folder.path, 'unheard');
  await mkdir(path);
  const accepted = `suppressions: { 'alert-topic-subscribed': 'The on-call tool subscribes itself.' }`;
  await writeFile(
    join(path, 'dms.config.ts'),
    `export default { environments: {
       production: { target: 'aws', aws: { preset: 'production' } },
       accepted: { target: 'aws', aws: { preset: 'production', ${accepted} } },
       staging: { target: 'aws', aws: { preset: 'staging' } },
       local: { target: 'local' },
     } };`,
  );
  const { code, stdout } = await dms(path, 'policy', '--env', 'production');
  expect(code).toBe(3);
  expect(stdout).toMatch(
    / 1 findings[^]*CRITICAL {2}alert-topic-subscribed {2}aws_sns_topic\.[^]*alertEmails/,
  );
  const deploy = await dms(path, 'deploy', '--env', 'production', '--to', 'policy');
  expect(deploy.code).toBe(3);
  for (const [environment, reason] of [
    ['accepted', 'The on-call tool subscribes itself.'],
    ['staging', 'Nobody is on call for it.'],
    ['local', 'The environment is local: its stack is never applied.'],
  ] as const) {
    const judged = await dms(path, 'policy', '--env', environment);
    expect(judged).toMatchObject({ code: 0, stdout: expect.stringContaining(reason) });
  }
});

test('a suppression of the settings holds for the whole stack, its alarms and its state included', async () => {
  const path = join(folder.path, 'whole');
  await mkdir(path);
  const rules = ['alarm-tells-somebody', 'alert-topic-known', 'required-tags', 'rds-multi-az'];
  const suppressions = Object.fromEntries(rules.map((rule) => [rule, 'It is a trial.']));
  await writeFile(
    join(path, 'dms.config.ts'),
    `export default { environments: { trial: { target: 'aws',
       aws: { preset: 'test', suppressions: ${JSON.stringify(suppressions)} } } } };`,
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
  const path = join(folder.path, 'other-shape');
  await mkdir(join(path, '.dms', 'trial'), { recursive: true });
  await writeFile(
    join(path, 'dms.config.ts'),
    `export default { environments: { trial: { target: 'aws', aws: { preset: 'test' } } } };`,
  );
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
  const path = join(folder.path, 'findings');
  await mkdir(path);
  await writeFile(
    join(path, 'dms.config.ts'),
    `export default { environments: { open: { target: 'aws', aws: {
       preset: 'production', database: { deletionProtection: false } } } } };`,
  );
  const { code, stdout, stderr } = await dms(path, 'policy', '--env', 'open');
  expect(stdout).toContain('Fix: ');
  expect(stderr).toContain('findings');
  expect(code).toBe(3);
});

test.each([
  ['policy', "The stack of 'strict' has", 'Fix: '],
  ['cost', "'strict' may cost", 'total '],
])('findings stop a deploy at %s, and its hint shows them', async (stage, message, shown) => {
  const path = join(folder.path, `stopped-at-${stage}`);
  await mkdir(path);
  await writeFile(
    join(path, 'dms.config.ts'),
    `export default { environments: { strict: { target: 'aws', aws: {
       preset: 'production', database: { deletionProtection: false }, monthlyBudgetUsd: 1 } } } };`,
  );
  const stopped = await dms(path, 'deploy', '--env', 'strict', '--only', stage);
  expect(stopped.stderr).toContain(message);
  expect(stopped.stderr).toContain(`'dms ${stage} --env strict'`);
  expect(stopped).toMatchObject({ code: 3, stdout: '' });
  const [followed] = await followHint(path, stopped.stderr);
  expect(followed).toMatchObject({ code: 3, stdout: expect.stringContaining(shown) });
});
