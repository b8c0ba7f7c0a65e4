import type { JsonObject, StackJson } from '../src/index.ts';

/** Attributes of resources by their addresses: `aws_eip.it`. */
export type Resources = Readonly<Record<string, JsonObject>>;

/** A stack of single resources in a region. */
export function costStack(resources: Resources, region = 'eu-west-1'): StackJson {
  const resource: Record<string, Record<string, JsonObject>> = {};
  for (const [address, config] of Object.entries(resources)) {
    const [type = '', name = ''] = address.split('.');
    (resource[type] ??= {})[name] = config;
  }
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
