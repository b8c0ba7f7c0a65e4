import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname } from 'node:path';
import { defineConfig } from 'vitest/config';

/** `packages/errors`, `apps/deploy`: what `.ci/check-imports.mjs` has the arrows of. */
const projects = globSync('{packages,apps}/*/package.json', { cwd: import.meta.dirname }).map(dirname);

/**
 * Their test files share a worker's modules: MikroORM or cdktf is loaded once a worker, and not once a file. A test there
 * takes back what it changes in its process (`vi.stubEnv`, fake timers), as the next file has the same.
 */
const shared = ['alarms', 'entities', 'errors', 'infra', 'rds-classes', 'seeder', 'stack', 'validator'];

export default defineConfig({
  test: {
    // .ci/run makes its closing line from the JSON report.
    reporters:
      process.env.CI === undefined
        ? ['default']
        : ['default', ['json', { outputFile: '.reports/vitest.json' }]],
    // One PostgreSQL cluster for the whole run: each test clones its own databases from a template.
    globalSetup: ['./vitest.setup.ts'],
    // Tests of servers and commands mostly wait: on two cores two are faster than one.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The titles of `test.each` show the whole values of their cases: cut, two cases could have one title.
    taskTitleValueFormatTruncate: 0,
    projects: projects.map((root) => {
      const name = basename(root);
      return { extends: true, test: { name, root, isolate: !shared.includes(name) } };
    }),
  },
});
