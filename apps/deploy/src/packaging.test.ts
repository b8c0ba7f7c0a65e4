import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const cwd = fileURLToPath(new URL('../../../', import.meta.url));
const published = globSync('{apps,packages}/*/package.json', { cwd }).filter(
  (file) => JSON.parse(readFileSync(`${cwd}${file}`, 'utf8')).private !== true,
);

test('dms and all that it is made of is published', () => {
  const names = published.map((file) => dirname(file).split('/').at(-1));
  expect(names).toEqual(expect.arrayContaining(['deploy', 'entities', 'errors', 'infra', 'local-rds']));
});

// In a script of pnpm, npm takes pnpm's name over as its user agent.
test.each([
  ...published.map((file) => ({ folder: dirname(file), userAgent: 'npm/11.0.0' })),
  { folder: 'apps/deploy', userAgent: 'pnpm/12.21.0' },
])('npm does not pack the sources of $folder, started by $userAgent', ({ folder, userAgent }) => {
  const { status, stderr } = spawnSync('npm', ['pack', '--dry-run'], {
    cwd: `${cwd}${folder}`,
    env: { ...process.env, npm_config_user_agent: userAgent },
    encoding: 'utf8',
  });
  expect(stderr).toContain('only pnpm packs it as it must be published');
  expect(status).not.toBe(0);
});
