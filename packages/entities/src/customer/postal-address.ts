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

/** What of an address matters for fees and taxes. */
export const destination = postalAddress.pick({ countryCode: true, region: true, postalCode: true });
