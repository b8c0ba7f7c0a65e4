/** What stands in a generated backfill for a value that only its author knows. */
export const openValue = '/* what is its value for the rows that exist? */';
