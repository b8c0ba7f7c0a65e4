// Writes everything that is generated from the sources and checked in, or with --check fails where something of it is
// outdated: `pnpm generate [--check]`. Not the table of classes, which comes from AWS's own data: see its package.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const check = process.argv.includes('--check');
const flags = check ? ['--check'] : [];
// Its own reporter: that of CI would replace the report of the whole suite.
const vitest = ['vitest', 'run', '--reporter=dot', ...(check ? [] : ['-u'])];

const commands = [
  [...vitest, '--project=entities', '-t', 'list', 'src/migrations/migrations.test.ts'],
  [
    ...vitest,
    '--project=alarms',
    '--project=infra',
    '--project=migrator',
    '--project=stack',
    'src/reference.test.ts',
  ],
  ['node', 'packages/errors/reference/write-page.ts', ...flags],
  ['node', 'apps/deploy/reference/write-pages.ts', ...flags],
  ['dms', 'diagram', ...flags],
  ...(check ? [] : [['oxfmt', '.']]),
];

const failed = commands.filter((command) => {
  console.log(`\n$ ${command.join(' ')}`);
  const [program, ...args] = command;
  const { status, error } = spawnSync(program, args, {
    cwd: resolve(import.meta.dirname, '..'),
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (error !== undefined) console.error(error.message);
  return status !== 0;
});
for (const command of failed) console.error(`\nFailed: ${command.join(' ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
