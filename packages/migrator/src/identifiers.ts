import { escapeIdentifier } from 'pg';

/** The parts of a name, quoted and joined: `['shop', 'Order']` is `"shop"."Order"`. */
export function qualifiedName(parts: readonly string[]): string {
  return parts.map((part) => escapeIdentifier(part)).join('.');
}
