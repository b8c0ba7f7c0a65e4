import { z } from 'zod';
import { countryCode, line, name } from '../bounds.ts';

/** The input for an address, of orders and of address books. */
export const postalAddress = z.strictObject({
  fullName: name,
  company: line.optional(),
  line1: name,
  line2: line.optional(),
  city: name,
  region: line.optional(),
  postalCode: line.optional(),
  countryCode,
  phone: line.optional(),
});
