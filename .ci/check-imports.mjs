// Finds import circles among files and among folders, type imports included, and holds the arrows of
// docs/architecture.md: which package may import which, and which folder of the shop. Fails also on what it cannot read.
import { execFileSync } from 'node:child_process';
import { isBuiltin } from 'node:module';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cruise } from 'dependency-cruiser';

process.chdir(resolve(import.meta.dirname, '..'));

/** What a package may import and name in its package.json. Tests of all packages may also have {@link testPackage}. */
const arrows = {
  'packages/errors': [],
  'packages/rds-classes': ['errors'],
  'packages/schema-catalog': ['errors'],
  // `prove --cluster` loads local-rds where it is installed: an optional peer.
  'packages/migrator': ['errors', 'local-rds', 'schema-catalog'],
  'packages/seeder': ['errors'],
  'packages/validator': ['errors'],
  'packages/local-rds': ['errors'],
  'packages/stack': ['errors', 'rds-classes'],
  'packages/aws': ['errors', 'rds-classes', 'stack'],
  'packages/infra': ['errors', 'rds-classes', 'stack'],
  'packages/alarms': ['errors', 'rds-classes'],
  'packages/entities': ['errors', 'migrator', 'seeder', 'validator'],
  'apps/deploy': [
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
  ],
  'apps/shop-api': ['entities', 'errors'],
  'apps/bench': ['deploy', 'entities', 'infra', 'local-rds', 'migrator', 'seeder'],
};
const testPackage = 'local-rds';

/** The folders of packages/entities/src: each imports only those before it. */
const shopFolders = [
  'migrations',
  'seed-context',
  'runtime',
  // The domains.
  'pricing',
  'catalog',
  'customer',
  'promotion',
  'inventory',
  'cart',
  'order',
  'fulfilment',
  'payment',
  'maintenance',
  'worker',
  // What is made of them.
  'shop',
  'stripe',
  'catalog-import',
  'roles',
  'seed',
  'checks',
  'testing',
];

const tests = String.raw`\.test\.ts$|^(packages|apps)/[^/]+/test/`;
const nameOf = (path) => path.split('/')[1];
const anyOf = (names) => `(${names.join('|')})`;

const arrowRules = Object.entries(arrows).flatMap(([path, allowed]) => {
  const rule = (from, names) => ({
    name: `${nameOf(path)} imports ${allowed.length === 0 ? 'no other package' : `only ${allowed.join(', ')}`}`,
    severity: 'error',
    from,
    to: { path: '^(packages|apps)/', pathNot: `^(packages|apps)/${anyOf([nameOf(path), ...names])}/` },
  });
  return [
    rule({ path: `^${path}/`, pathNot: tests }, allowed),
    rule({ path: String.raw`^${path}/(.*\.test\.ts$|test/)` }, [...allowed, testPackage]),
  ];
});

const shopRules = shopFolders.slice(0, -1).map((folder, position) => ({
  name: `${folder} of the shop imports nothing that is above it`,
  severity: 'error',
  from: { path: `^packages/entities/src/${folder}/`, pathNot: tests },
  // Nor by way of a file that is in none of the folders, such as entities.ts.
  to: { path: `^packages/entities/src/${anyOf(shopFolders.slice(position + 1))}/`, reachable: true },
}));

async function violationsOf(forbidden, options) {
  const { output } = await cruise(
    ['packages', 'apps', 'dms.config.ts', 'vitest.config.ts', 'vitest.setup.ts'],
    {
      ruleSet: { forbidden },
      validate: true,
      // Imports of types, too.
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
      ...options,
    },
    { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node'] },
  );
  return output;
}

const generated = String.raw`^(packages|apps)/.*(/dist/|/\.dms/|/cdktf\.out/)`;
const files = await violationsOf(
  [
    { name: 'no circle of files', severity: 'error', from: {}, to: { circular: true } },
    ...arrowRules,
    ...shopRules,
  ],
  { exclude: { path: generated } },
);
// A test beside the code may build on what lies above it.
const folders = await violationsOf(
  [{ name: 'no circle of folders', severity: 'error', scope: 'folder', from: {}, to: { circular: true } }],
  { exclude: { path: `${generated}|${tests}|node_modules` } },
);

function describe({ rule, from, to, cycle }) {
  const way = cycle === undefined ? to : cycle.map((step) => step.name ?? step).join(' -> ');
  return `${rule.name}: ${from} -> ${way}`;
}

/** What the rules were not held against. */
function undecided() {
  const read = new Set(files.modules.map(({ source }) => source));
  const tracked = execFileSync('git', ['ls-files', 'packages/**.ts', 'apps/**.ts'], { encoding: 'utf8' });
  const unread = tracked
    .split('\n')
    .filter((file) => file !== '' && existsSync(file) && !read.has(file))
    .map((file) => `${file} was not read`);
  const unresolved = files.modules.flatMap(({ source, dependencies }) =>
    dependencies
      .filter(({ couldNotResolve }) => couldNotResolve)
      .map(({ module }) => `${source}: '${module}' leads nowhere`),
  );
  const packages = ['packages', 'apps'].flatMap((parent) =>
    readdirSync(parent).map((name) => `${parent}/${name}`),
  );
  const unknownPackages = packages
    .filter((path) => existsSync(join(path, 'package.json')) && !(path in arrows))
    .map((path) => `${path} has no arrows in .ci/check-imports.mjs`);
  const unknownFolders = readdirSync('packages/entities/src', { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !shopFolders.includes(entry.name))
    .map(({ name }) => `packages/entities/src/${name} has no place in the order of .ci/check-imports.mjs`);
  return [...unread, ...unresolved, ...unknownPackages, ...unknownFolders];
}

/** Libraries that only some packages may name: what they load, and who judges a stack needs neither. */
const reserved = [
  { library: /^(cdktf|constructs|@cdktf\/.*)$/, owners: ['infra', 'alarms', 'deploy'] },
  { library: /^@aws-sdk\//, owners: ['aws'], ownersInTests: ['deploy'] },
];

/** Packages that a package.json names beside the arrows, and libraries that are others'. */
function manifestFaults() {
  return Object.entries(arrows).flatMap(([path, allowed]) => {
    const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
    const { dependencies, devDependencies, peerDependencies, optionalDependencies } = manifest;
    const named = { ...dependencies, ...peerDependencies, ...optionalDependencies };
    const beside = (names, permitted) =>
      Object.keys(names ?? {})
        .filter((name) => name.startsWith('@ecommerce-dms/') && !permitted.includes(nameOf(name)))
        .map((name) => `${path}/package.json names ${name}`);
    const others = (names, isTest) =>
      Object.keys(names ?? {})
        .filter((name) =>
          reserved.some(
            ({ library, owners, ownersInTests = [] }) =>
              library.test(name) && ![...owners, ...(isTest ? ownersInTests : [])].includes(nameOf(path)),
          ),
        )
        .map((name) => `${path}/package.json names ${name}`);
    return [
      ...beside(named, allowed),
      ...beside(devDependencies, [...allowed, testPackage]),
      ...others(named, false),
      ...others(devDependencies, true),
    ];
  });
}

/** Libraries that the sources of a package import, and that npm does not install with it. */
function undeclared() {
  return Object.keys(arrows).flatMap((path) => {
    const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
    const { name, dependencies, peerDependencies, optionalDependencies } = manifest;
    const declared = { [name]: '', ...dependencies, ...peerDependencies, ...optionalDependencies };
    return files.modules
      .filter(({ source }) => source.startsWith(`${path}/src/`) && !new RegExp(tests).test(source))
      .flatMap(({ source, dependencies }) =>
        dependencies.flatMap(({ module }) => {
          const [library] = /^(@[^/]+\/)?[^/.#][^/]*/.exec(module) ?? [];
          const isDeclared =
            library === undefined || module.startsWith('node:') || isBuiltin(module) || library in declared;
          return isDeclared ? [] : [`${source}: ${path}/package.json has no dependency ${library}`];
        }),
      );
  });
}

const faults = [
  ...new Set([...files.summary.violations, ...folders.summary.violations].map(describe)),
  ...manifestFaults(),
  ...undeclared(),
  ...undecided(),
];
for (const fault of faults) console.error(fault);
console.log(`${files.modules.length} files and ${folders.folders.length} folders: ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
