import type { JsonObject, StackJson } from '../src/index.ts';

/** A stack of loose resources, `name` by `type`, in a region. */
export function costStack(
  resources: readonly { type: string; name: string; config: JsonObject }[],
  region = 'eu-west-1',
): StackJson {
  const resource: Record<string, Record<string, JsonObject>> = {};
  for (const { type, name, config } of resources) (resource[type] ??= {})[name] = config;
  return { provider: { aws: [{ region }] }, resource };
}

/** The database of the first design: Multi-AZ db.t3.medium with 100 GB. */
export const firstDesignDatabase: JsonObject = {
  engine: 'postgres',
  instance_class: 'db.t3.medium',
  multi_az: true,
  storage_type: 'gp3',
  allocated_storage: 100,
  manage_master_user_password: true,
};
