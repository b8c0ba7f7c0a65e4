export { catalogChecks, type CatalogOptions } from './catalog/catalog-checks.ts';
export type { Check, FindContext, Finding, FindingsCheck, RowCheck, Severity, Source } from './check.ts';
export { driftCheck, type DriftOptions } from './drift/drift-check.ts';
export { exitCode } from './exit-code.ts';
export { renderReport } from './render-report.ts';
export type { CheckResult, CheckState, Report, SourceResult } from './report.ts';
export { freshness, noRows, notNull, references, rowCheck, unique } from './row-checks.ts';
export { query, table, type TableName } from './sources.ts';
export { validate, type ValidateOptions } from './validate.ts';
