// Writes the API reference, a page an export, from the TypeScript entry points of the workspace's packages.
import { globSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Application, type TypeDocOptions } from 'typedoc';
import type { PluginOptions } from 'typedoc-plugin-markdown';
import { root } from './pages.ts';

const scope = '@ecommerce-dms';

/** The entry points of all packages: the name of each, without the scope, by its file. */
function entryPoints(): Map<string, string> {
  const packages = globSync('{packages,apps}/*/package.json', { cwd: root }).sort();
  return new Map(
    packages.flatMap((file) => {
      const { name, exports = {} } = JSON.parse(readFileSync(join(root, file), 'utf8')) as {
        name: string;
        exports?: Record<string, unknown>;
      };
      return Object.entries(exports).flatMap(([path, source]) =>
        typeof source === 'string' && source.endsWith('.ts')
          ? [[join(root, file, '..', source), join(relative(scope, name), path)] as const]
          : [],
      );
    }),
  );
}

const entries = entryPoints();
const folder = join(root, 'docs/api');
rmSync(folder, { recursive: true, force: true });
const options: TypeDocOptions & Partial<PluginOptions> = {
  plugin: ['typedoc-plugin-markdown'],
  tsconfig: join(root, 'tsconfig.base.json'),
  entryPoints: [...entries.keys()],
  out: folder,
  name: 'API',
  readme: 'none',
  // `pnpm typecheck` holds the sources against the project's own TypeScript.
  skipErrorChecking: true,
  // What a class inherits from a dependency is documented there.
  excludeExternals: true,
  excludeInternal: true,
  excludePrivate: true,
  disableSources: true,
  // A link in a comment must lead to an export. Types that are named and not exported are shown as text.
  validation: { invalidLink: true, notExported: false },
  hidePageHeader: true,
  entryFileName: 'index',
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  propertyMembersFormat: 'table',
  useCodeBlocks: true,
  pageTitleTemplates: {
    module: ({ name }) => join(scope, name),
    member: ({ name }) => name,
  },
};
const app = await Application.bootstrapWithPlugins(options);
const project = await app.convert();
if (project === undefined) throw new Error('TypeDoc has read no source.');
for (const module of project.children ?? []) {
  const name = entries.get(project.getSymbolIdFromReflection(module)?.fileName ?? '');
  if (name === undefined) throw new Error(`${module.name} is none of the packages' entry points.`);
  // It is also the module's folder.
  module.name = name;
}
app.validate(project);
await app.generateOutputs(project);
if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1;
