import { expect, test } from 'vitest';
import { openAccount, outcome } from '../../../test/account.ts';
import { useOpenShop } from '../../../test/open-shop.ts';
import {
  findSession,
  linkIdentity,
  logInWithIdentity,
  registerCustomer,
  unlinkIdentity,
} from '../../index.ts';

const shop = useOpenShop();
const em = () => shop().orm.em.fork();
const link = (customerId: string, provider: string, subject: string) =>
  linkIdentity(em(), { customerId, provider, subject });
const unlink = (customerId: string, provider: string) => unlinkIdentity(em(), { customerId, provider });
const providers = (customerId: string) =>
  shop().rows(`select provider from customer_credential where customer_id = '${customerId}' order by 1`);

test('a linked identity logs in, also while the password is locked, until it is unlinked', async () => {
  const customerId = await openAccount(shop(), 'ann@example.com');
  const identity = { provider: 'google', subject: 'ann-1' };
  expect(await outcome(logInWithIdentity(em(), identity))).toBe('identity-not-found');
  await link(customerId, 'google', 'ann-1');
  await link(customerId, 'google', 'ann-1');
  await shop()
    .rows(`update customer_credential set locked_until = now() + interval '1 hour', failed_attempts = 10
    where customer_id = '${customerId}' and provider = 'password'`);
  const { token } = await logInWithIdentity(em(), identity);
  expect(await findSession(em(), { token })).toMatchObject({ customerId });
  expect(await outcome(link(customerId, 'google', 'ann-2'))).toBe('provider-linked');
  await unlink(customerId, 'google');
  await unlink(customerId, 'google');
  expect(await outcome(logInWithIdentity(em(), identity))).toBe('identity-not-found');
});

test('an identity belongs to one customer, also when several link it concurrently', async () => {
  const customers = await Promise.all(
    Array.from({ length: 5 }, (_, index) => openAccount(shop(), `claims-${index}@example.com`)),
  );
  const outcomes = await Promise.all(customers.map((id) => outcome(link(id, 'github', 'shared'))));
  expect(outcomes.toSorted()).toEqual(['done', ...Array.from({ length: 4 }, () => 'identity-taken')]);
  const { customerId } = await logInWithIdentity(em(), { provider: 'github', subject: 'shared' });
  expect(customerId).toBe(customers[outcomes.indexOf('done')]);
});

test('the last way to log in stays, also when two are unlinked concurrently', async () => {
  const customerId = await openAccount(shop(), 'last@example.com');
  await link(customerId, 'google', 'last-1');
  await link(customerId, 'github', 'last-1');
  await shop().rows(
    `delete from customer_credential where customer_id = '${customerId}' and provider = 'password'`,
  );
  const outcomes = await Promise.all([
    outcome(unlink(customerId, 'google')),
    outcome(unlink(customerId, 'github')),
  ]);
  expect(outcomes.toSorted()).toEqual(['done', 'last-credential']);
  expect(await providers(customerId)).toHaveLength(1);
});

test('a customer registers with an identity and no password; of concurrent registrations with one identity one succeeds', async () => {
  const identity = { provider: 'google', subject: 'new-1', emailVerified: true };
  const registrations = Array.from({ length: 4 }, (_, index) =>
    outcome(registerCustomer(em(), { email: `registers-${index}@example.com`, identity })),
  );
  expect((await Promise.all(registrations)).toSorted()).toEqual(['done', ...Array(3).fill('identity-taken')]);
  const { customerId } = await logInWithIdentity(em(), { provider: 'google', subject: 'new-1' });
  expect(await providers(customerId)).toEqual([{ provider: 'google' }]);
  expect(
    await shop().rows(`select email_verified_at is not null as v from customer where id = '${customerId}'`),
  ).toEqual([{ v: true }]);
  expect(await outcome(registerCustomer(em(), { email: 'neither@example.com' }))).toBe('invalid-input');
});

test('a password is not an identity, an empty one is refused, and the customer must exist', async () => {
  const customerId = await openAccount(shop(), 'no@example.com');
  expect(await outcome(link(customerId, 'password', 'x'))).toBe('invalid-input');
  expect(await outcome(unlink(customerId, 'password'))).toBe('invalid-input');
  expect(await outcome(link(customerId, 'google', ''))).toBe('invalid-input');
  expect(await outcome(link('00000000-0000-7000-8000-000000000000', 'google', 'x'))).toBe(
    'customer-not-found',
  );
});
