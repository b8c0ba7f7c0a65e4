import { expect, test } from 'vitest';
import { isPersonal, withoutValues } from './redact.ts';

test.each([
  'email',
  'e_mail',
  'firstName',
  'customer_name',
  'billing_address',
  'postal_code',
  'line1',
  'last_ip',
  'secret_hash',
])('%s is masked', (column) => {
  expect(isPersonal(column)).toBe(true);
});

test.each([
  'id',
  'customer_id',
  'address_id',
  'addressId',
  'capacity',
  'recipe',
  'total_minor',
  'status',
  'country_code',
])('%s is shown', (column) => {
  expect(isPersonal(column)).toBe(false);
});

test.each([
  {
    message: 'invalid input syntax for type integer: "me@example.org"',
    shown: 'invalid input syntax for type integer: "***"',
  },
  {
    message: 'value "4111111111111111" is out of range for type integer',
    shown: 'value "***" is out of range for type integer',
  },
])('$message loses its value', ({ message, shown }) => {
  expect(withoutValues(message)).toBe(shown);
});
