import { UserError } from '@ecommerce-dms/errors';
import { name, recordOf } from '../../bounds.ts';
import { maxOptions } from './create-product.ts';

/** The value of each option of a variant, by name. */
export const optionValues = recordOf(name, maxOptions);

/** The values of the options of a variant, by name. */
export type OptionValues = Readonly<Record<string, string>>;

/** The title of a variant, as an import gives it: `Red / M`. */
export function variantTitle(optionNames: readonly string[], values: OptionValues): string {
  return optionNames.map((name) => values[name] ?? '').join(' / ');
}

/** @throws UserError `option-mismatch` unless there is a value for each of the options, and for no other */
export function requireOptions(optionNames: readonly string[], values: OptionValues): void {
  const given = Object.keys(values);
  if (given.length === optionNames.length && optionNames.every((name) => Object.hasOwn(values, name))) return;
  throw new UserError(
    'option-mismatch',
    `The product has the options ${JSON.stringify(optionNames)}, the variant ${JSON.stringify(given)}.`,
    { hint: 'Give a value for each option, and for no other.' },
  );
}
