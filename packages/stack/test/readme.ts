import type { StackJson } from '../src/index.ts';

// What the examples take as given; .ci/check-readmes.mjs type-checks them with it.
export declare const json: StackJson;
export declare const planJson: string;
