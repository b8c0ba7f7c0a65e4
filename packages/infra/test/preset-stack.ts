import type { App } from 'cdktf';
import type { StackJson } from '@ecommerce-dms/stack';
import {
  AwsStack,
  type AwsStackProps,
  DatabaseEnvironment,
  type EnvironmentOverrides,
  environmentSettings,
  PostgresInstance,
  type PresetName,
  synthesize,
} from '../src/index.ts';

/** The account that tests pretend to apply to. */
export const testAccountId = '123456789012';

export type PresetOverrides = EnvironmentOverrides & {
  readonly stack?: Partial<AwsStackProps>;
  readonly alertEmails?: readonly string[];
};

type InstanceEnvironment = DatabaseEnvironment & { readonly database: PostgresInstance };

/** A stack of a preset with an instance, as a user would write it. */
export function addPresetStack(app: App, preset: PresetName, overrides: PresetOverrides = {}) {
  const { stack, environment } = addEnvironment(app, preset, overrides);
  if (!hasInstance(environment)) throw new TypeError('The overrides name a cluster.');
  return { stack, environment };
}

function hasInstance(environment: DatabaseEnvironment): environment is InstanceEnvironment {
  return environment.database instanceof PostgresInstance;
}

function addEnvironment(app: App, preset: PresetName, overrides: PresetOverrides) {
  const stack = new AwsStack(app, `shop-${preset}`, {
    region: 'eu-west-1',
    accountId: testAccountId,
    tags: { environment: preset, owner: 'shop-team', costCenter: '4711' },
    ...overrides.stack,
  });
  const environment = new DatabaseEnvironment(stack, 'shop', {
    ...environmentSettings(preset, overrides),
    name: `shop-${preset}`,
    databaseName: 'shop',
    zones: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'],
    alertEmails: overrides.alertEmails ?? ['oncall@example.com'],
  });
  return { stack, environment };
}

/** The JSON of a preset's stack, with an instance or with a cluster. */
export function presetJson(preset: PresetName, overrides: PresetOverrides = {}): StackJson {
  return synthesize((app) => addEnvironment(app, preset, overrides).stack).json;
}
