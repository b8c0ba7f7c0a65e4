import type { AwsStack } from '../src/index.ts';

// What the examples of the README take as given; .ci/check-readmes.mjs type-checks them with it.
export declare const stack: AwsStack;
