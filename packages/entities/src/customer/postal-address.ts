import { z } from 'zod';

/** The input for an address, of orders and of address books. */
export const postalAddress = z.strictObject({
  fullName: z.string().min(1),
  company: z.string().optional(),
  line1: z.string().min(1),
  line2: z.string().optional(),
  city: z.string().min(1),
  region: z.string().optional(),
  postalCode: z.string().optional(),
  countryCode: z.string().regex(/^[A-Z]{2}$/, 'not an ISO 3166-1 alpha-2 code'),
  phone: z.string().optional(),
});

/** What of an address matters for fees and taxes. */
export const destination = postalAddress.pick({ countryCode: true, region: true, postalCode: true });
