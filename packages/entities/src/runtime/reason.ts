import { note } from '../bounds.ts';

/**
 * Why somebody did what an operation does, for the log or ledger that has it; without personal data, since it cannot be
 * changed.
 */
export const reason = note.optional();
