// What the examples of README and reference take as given; .ci/check-readmes.mjs type-checks them with it.
export declare const migrate: (url: string) => Promise<void>;
