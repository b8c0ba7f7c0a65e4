import { defineConfig } from 'vitest/config';

const packages = [
  'alarms',
  'aws',
  'entities',
  'errors',
  'infra',
  'local-rds',
  'migrator',
  'rds-classes',
  'seeder',
  'stack',
  'validator',
];
const apps = ['deploy'];

export default defineConfig({
  test: {
    // .ci/run makes its closing line from the JSON report.
    reporters:
      process.env.CI === undefined
        ? ['default']
        : ['default', ['json', { outputFile: '.reports/vitest.json' }]],
    // One PostgreSQL cluster for the whole run: each test clones its own databases from a template.
    globalSetup: ['./vitest.setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // The titles of `test.each` show the whole values of their cases: cut, two cases could have one title.
    taskTitleValueFormatTruncate: 0,
    projects: [
      ...packages.map((name) => ({ extends: true as const, test: { name, root: `./packages/${name}` } })),
      ...apps.map((name) => ({ extends: true as const, test: { name, root: `./apps/${name}` } })),
    ],
  },
});
