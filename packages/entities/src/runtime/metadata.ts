import { UserError } from '@ecommerce-dms/errors';
import type { JsonObject } from '../bounds.ts';
import { violatedConstraint } from './violated-constraint.ts';

/** SQL: metadata as callers get it; null stands for none. */
export function metadataOf(column: string): string {
  return `coalesce(${column}, '{}')`;
}

/** SQL: a column of metadata with the keys of `changes`, which is SQL: those that are null there are removed. */
export function mergedMetadata(column: string, changes: string): string {
  return `nullif((${metadataOf(column)} || ${changes}) - array(
    select each.key from jsonb_each(${changes}) each where each.value = 'null'), '{}')`;
}

/** What a new row gets for `changes`. */
export function newMetadata(changes: JsonObject): JsonObject | null {
  const given = Object.entries(changes).filter(([, value]) => value !== null);
  return given.length > 0 ? Object.fromEntries(given) : null;
}

/**
 * Runs what sets metadata.
 *
 * @throws UserError `metadata-too-large`: what is there and what is added are too large together
 */
export async function withMetadataLimit<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    if (!String(violatedConstraint(error)).endsWith('_metadata_check')) throw error;
    throw new UserError('metadata-too-large', 'All metadata of one row together is too large.', {
      hint: 'Remove keys: set them to null.',
    });
  }
}
