import type { StackJson } from '@ecommerce-dms/stack';

// What the examples take as given; .ci/check-readmes.mjs type-checks them with it.
export declare const json: StackJson;
export declare const directory: string;
export declare const planFile: string;
export declare const secretArn: string;
