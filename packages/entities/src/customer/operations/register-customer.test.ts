import { expect, test } from 'vitest';
import { useOpenShop } from '../../../test/open-shop.ts';
import { hashPassword, registerCustomer, verifyPassword } from '../../index.ts';

const shop = useOpenShop();
const register = (email: string, password = 'correct horse') =>
  registerCustomer(shop().orm.em.fork(), { email, password });

test('a customer has a hashed password', async () => {
  const customer = await register(' Ann@example.com ');
  expect(customer).toMatchObject({ email: 'Ann@example.com', acceptsMarketing: false });
  const [row] = await shop().rows<{ secret_hash: string }>('select secret_hash from customer_credential');
  expect(await verifyPassword('correct horse', row?.secret_hash ?? '')).toBe(true);
  expect(await verifyPassword('wrong horse', row?.secret_hash ?? '')).toBe(false);
});

test('of several registrations of one address, in any case, one succeeds', async () => {
  const emails = ['ben@example.com', 'BEN@example.com', 'Ben@Example.com', 'ben@example.COM'];
  const results = await Promise.allSettled(emails.map((email) => register(email)));
  const codes = results.map((each) => (each.status === 'fulfilled' ? 'done' : each.reason.code));
  expect(codes.toSorted()).toEqual(['done', 'email-taken', 'email-taken', 'email-taken']);
  expect(
    await shop().rows(`select count(*)::int as n from customer where lower(email) = 'ben@example.com'`),
  ).toEqual([{ n: 1 }]);
});

test('every fault of the input is reported', async () => {
  await expect(register('nobody', 'short')).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringMatching(/email.*password/),
  });
});

test('hashes are salted, and other texts verify no password', async () => {
  const [one, two] = await Promise.all([hashPassword('same'), hashPassword('same')]);
  expect(one).not.toBe(two);
  expect(one).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[^$=]{22}\$[^$=]{43}$/);
  expect(await verifyPassword('same', 'same')).toBe(false);
});
