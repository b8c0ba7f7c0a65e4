import type { DbInstance } from '@cdktf/provider-aws/lib/db-instance/index.js';
import type { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic/index.js';
import type { TerraformStack } from 'cdktf';
import type { AlarmDefinition, AlarmSettings } from '../src/index.ts';

// What the examples of README and reference take as given; .ci/check-readmes.mjs type-checks them with it.
export declare const stack: TerraformStack;
export declare const instance: DbInstance;
export declare const topic: SnsTopic;
export declare const settings: AlarmSettings;
export declare const definitions: readonly AlarmDefinition[];
