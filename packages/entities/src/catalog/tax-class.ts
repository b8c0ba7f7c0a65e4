import { maxLength } from '../bounds.ts';
import { slugPattern } from './slug.ts';

/** The CHECK of a table's tax class. */
export function taxClassCheck(table: string) {
  return {
    name: `${table}_tax_class_check`,
    expression: `tax_class ~ '${slugPattern}' and length(tax_class) <= ${maxLength.line}`,
  };
}
