/** What a defect, a repair by hand, or a restored table could leave. */
export interface Corruption {
  what: string;
  /** Does it, past triggers and foreign keys. */
  sql: string;
  /** The checks that must fail, sorted; no others may. */
  findings: string[];
}
