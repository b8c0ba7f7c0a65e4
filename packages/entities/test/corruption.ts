/**
 * What a defect, a repair by hand, or a restored table could leave: the invariant's number, what happened, the SQL
 * that does it past triggers and foreign keys, and the checks that must find it, and no other.
 */
export type Corruption = [invariant: number, what: string, sql: string, found: string[]];
