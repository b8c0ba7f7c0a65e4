import type { Draw, Vocabulary } from '@ecommerce-dms/seeder';

export interface Person {
  firstName: string;
  lastName: string;
  email: string;
  phone: string | null;
}

/** The columns that `customer_address` and `order_address` share. */
export const addressColumns = [
  'full_name',
  'line1',
  'line2',
  'city',
  'region',
  'postal_code',
  'country_code',
  'phone',
] as const;

export type Address = Record<(typeof addressColumns)[number], string | null>;

/** A person; `id` makes the e-mail address unique. Domains and phone numbers are those reserved for fiction. */
export function drawPerson(draw: Draw, words: Vocabulary, id: string): Person {
  const firstName = draw.pick(words.firstNames);
  const lastName = draw.pick(words.lastNames);
  const domain = draw.pick(['example.com', 'example.net', 'example.org']);
  return {
    firstName,
    lastName,
    email: `${mailbox(firstName)}.${mailbox(lastName)}.${id}@${domain}`,
    phone: draw.chance(0.6)
      ? `+1${draw.int(201, 989)}55501${String(draw.int(0, 99)).padStart(2, '0')}`
      : null,
  };
}

function mailbox(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z]/g, '');
}

export function drawAddress(draw: Draw, words: Vocabulary, person: Person): Address {
  return {
    full_name: `${person.firstName} ${person.lastName}`,
    line1: `${draw.int(1, 9899)} ${draw.pick(words.lastNames)} ${draw.pick(words.streetSuffixes)}`,
    line2: draw.chance(0.25) ? `Apt. ${draw.int(1, 420)}` : null,
    city: draw.pick(words.cities),
    region: draw.pick(words.stateCodes),
    postal_code: String(draw.int(10_001, 99_950)),
    country_code: 'US',
    phone: person.phone,
  };
}
