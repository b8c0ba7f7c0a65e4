import type { AwsStack, synthesize } from '../src/index.ts';

// What the examples of the README take as given; .ci/check-readmes.mjs type-checks them with it.
export declare const stack: AwsStack;
export declare const json: ReturnType<typeof synthesize>['json'];
export declare const directory: string;
export declare const planFile: string;
