import { z } from 'zod';

/**
 * Why somebody did what an operation does, for the log or ledger that has it: 1 to 500 characters, without personal
 * data, since it cannot be changed.
 */
export const reason = z.string().min(1).max(500).optional();
