// The help of the command imports this, and nothing of what lint works with.

/** How findings can be written. */
export const lintFormats = ['text', 'json', 'sarif', 'github'] as const;
export type LintFormat = (typeof lintFormats)[number];
