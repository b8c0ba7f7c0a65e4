import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import { loadEnvironments } from '../config/load-config.ts';
import { architectureFiles } from '../diagram/architecture-files.ts';
import { schemaFile } from '../diagram/schema-file.ts';
import { printResult } from '../ui/print-result.ts';

/**
 * `dms diagram`: writes the ER diagram and the architecture of each environment on AWS, or checks that what is
 * written is up to date.
 */
export async function diagram(options: { check?: boolean; json?: boolean }): Promise<void> {
  const { root, environments } = await loadEnvironments();
  const folder = join(root, 'docs', 'diagrams');
  const files = new Map([
    schemaFile(),
    ...(
      await Promise.all(
        environments.filter(({ settings }) => settings.target === 'aws').map(architectureFiles),
      )
    ).flat(),
  ]);
  if (options.check === true) await refuseOutdated(folder, files);
  else {
    await mkdir(folder, { recursive: true });
    for (const [name, content] of files) await writeFile(join(folder, name), content);
  }
  const names = [...files.keys()].map((name) => relative(root, join(folder, name)));
  printResult({ json: { files: names }, text: names.join('\n') }, options);
}

async function refuseOutdated(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  const outdated: string[] = [];
  for (const [name, content] of files) {
    const written = await readFile(join(folder, name), 'utf8').catch(() => '');
    if (written !== content) outdated.push(join(folder, name));
  }
  if (outdated.length === 0) return;
  throw new UserError(
    'diagram-outdated',
    `What the entities and settings say now is not in:\n${outdated.join('\n')}`,
    { hint: "Write them again with 'dms diagram'." },
  );
}
