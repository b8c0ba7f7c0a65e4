import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

type Blocks = Record<string, Record<string, Record<string, unknown>>>;

/** The provider waits for minutes, by its own clock, after it has made or deleted one of these. */
const slowTypes = ['aws_db_instance', 'aws_db_event_subscription'];

/**
 * Lays an override beside a synthesized stack that leaves the database out, and its events. What refers to the
 * database refers to nothing then.
 */
export async function leaveDatabaseOut(directory: string): Promise<void> {
  const { resource, output } = JSON.parse(await readFile(join(directory, 'cdk.tf.json'), 'utf8')) as {
    resource: Blocks;
    output: Record<string, Record<string, unknown>>;
  };
  const resources: Blocks = {};
  for (const [type, byName] of Object.entries(resource)) {
    for (const [name, config] of Object.entries(byName)) {
      const change = { ...withoutReferences(config), ...(slowTypes.includes(type) && { count: 0 }) };
      if (Object.keys(change).length > 0) (resources[type] ??= {})[name] = change;
    }
  }
  const outputs = Object.fromEntries(
    Object.entries(output)
      .map(([name, config]) => [name, withoutReferences(config)] as const)
      .filter(([, config]) => Object.keys(config).length > 0),
  );
  await writeFile(
    join(directory, 'emulator_override.tf.json'),
    JSON.stringify({ resource: resources, output: outputs }),
  );
}

/** The attributes that name the database, without its name. */
function withoutReferences(config: Record<string, unknown>): Record<string, unknown> {
  const attributes = Object.entries(config)
    .filter(([name, value]) => name !== 'depends_on' && JSON.stringify(value).includes('{aws_db_instance.'))
    .map(([name, value]) => [
      name,
      JSON.parse(JSON.stringify(value).replaceAll(/\$\{aws_db_instance\.[^}]*\}/g, 'absent')) as unknown,
    ]);
  return Object.fromEntries(attributes) as Record<string, unknown>;
}
