import { expect, test } from 'vitest';
import { openAccount, outcome } from '../../../test/account.ts';
import { useOpenShop } from '../../../test/open-shop.ts';
import {
  addAddress,
  changeAddress,
  removeAddress,
  requestEmailVerification,
  requestPasswordReset,
  resetPassword,
  updateProfile,
  verifyEmail,
} from '../../index.ts';

const shop = useOpenShop();
const em = () => shop().orm.em.fork();
const street = { fullName: 'Ann', line1: '1 Main St', city: 'Springfield', countryCode: 'US' };
const book = (customerId: string) =>
  shop().rows(`select id, line1, line2, is_default_shipping as shipping, is_default_billing as billing
    from customer_address where customer_id = '${customerId}' order by id`);

test('an update changes only what it gives; null removes a value', async () => {
  const customerId = await openAccount(shop(), 'ann@example.com');
  const first = await updateProfile(em(), {
    customerId,
    firstName: 'Ann',
    phone: '555',
    acceptsMarketing: true,
  });
  expect(first).toEqual({
    id: customerId,
    email: 'ann@example.com',
    emailVerified: false,
    firstName: 'Ann',
    lastName: null,
    phone: '555',
    acceptsMarketing: true,
    metadata: {},
  });
  expect(await updateProfile(em(), { customerId, phone: null })).toEqual({ ...first, phone: null });
  expect(await updateProfile(em(), { customerId })).toEqual({ ...first, phone: null });
  const nobody = { customerId: '00000000-0000-7000-8000-000000000000' };
  expect(await outcome(updateProfile(em(), nobody))).toBe('customer-not-found');
});

test('an address is verified by its token; a new one is not, and ends the tokens of the old one', async () => {
  const customerId = await openAccount(shop(), 'old@example.com');
  const { token } = await requestEmailVerification(em(), { customerId });
  await verifyEmail(em(), { token });
  expect(await outcome(verifyEmail(em(), { token }))).toBe('invalid-token');
  expect(await updateProfile(em(), { customerId, email: 'OLD@example.com' })).toMatchObject({
    email: 'OLD@example.com',
    emailVerified: true,
  });
  const verification = await requestEmailVerification(em(), { customerId });
  const reset = await requestPasswordReset(em(), { email: 'old@example.com' });
  expect(await updateProfile(em(), { customerId, email: 'new@example.com' })).toMatchObject({
    email: 'new@example.com',
    emailVerified: false,
  });
  expect(await outcome(verifyEmail(em(), verification))).toBe('invalid-input');
  expect(await outcome(verifyEmail(em(), { token: verification.token }))).toBe('invalid-token');
  const late = resetPassword(em(), { token: String(reset?.token), newPassword: 'battery staple' });
  expect(await outcome(late)).toBe('invalid-token');
});

test('of customers who concurrently change to one address one gets it', async () => {
  const customers = await Promise.all(
    Array.from({ length: 5 }, (_, index) => openAccount(shop(), `mover-${index}@example.com`)),
  );
  const moves = customers.map((customerId) =>
    outcome(updateProfile(em(), { customerId, email: 'Moved@example.com' })),
  );
  expect((await Promise.all(moves)).toSorted()).toEqual(['done', ...Array(4).fill('email-taken')]);
});

test('the first address is the default of both kinds, and a new default replaces the one before', async () => {
  const customerId = await openAccount(shop(), 'book@example.com');
  const home = await addAddress(em(), { customerId, ...street });
  const work = await addAddress(em(), { customerId, ...street, line1: '2 High St', isDefaultShipping: true });
  expect(await book(customerId)).toEqual([
    { id: home.addressId, line1: '1 Main St', line2: null, shipping: false, billing: true },
    { id: work.addressId, line1: '2 High St', line2: null, shipping: true, billing: false },
  ]);
  const change = { customerId, ...work, ...street, line1: '3 Low St', line2: 'Flat 4' };
  await changeAddress(em(), { ...change, isDefaultBilling: true });
  await changeAddress(em(), { customerId, ...home, ...street });
  expect(await book(customerId)).toEqual([
    { id: home.addressId, line1: '1 Main St', line2: null, shipping: false, billing: false },
    { id: work.addressId, line1: '3 Low St', line2: 'Flat 4', shipping: false, billing: true },
  ]);
  await removeAddress(em(), { customerId, ...work });
  await removeAddress(em(), { customerId, ...work });
  expect(await book(customerId)).toHaveLength(1);
});

test('only its customer can change an address book, and a failed change keeps the defaults', async () => {
  const [ann, ben] = [await openAccount(shop(), 'a@example.com'), await openAccount(shop(), 'b@example.com')];
  const { addressId } = await addAddress(em(), { customerId: ann, ...street });
  await addAddress(em(), { customerId: ben, ...street });
  const before = [await book(ann), await book(ben)];
  const change = { customerId: ben, addressId, ...street, isDefaultShipping: true };
  expect(await outcome(changeAddress(em(), change))).toBe('address-not-found');
  await removeAddress(em(), { customerId: ben, addressId });
  expect(await outcome(addAddress(em(), { customerId: ann, ...street, countryCode: 'usa' }))).toBe(
    'invalid-input',
  );
  expect([await book(ann), await book(ben)]).toEqual(before);
});

test('of concurrently added defaults one of each kind remains', async () => {
  const customerId = await openAccount(shop(), 'many@example.com');
  await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      addAddress(em(), {
        customerId,
        ...street,
        isDefaultShipping: index % 2 === 0,
        isDefaultBilling: index % 3 === 0,
      }),
    ),
  );
  const addresses = await book(customerId);
  expect(addresses).toHaveLength(12);
  expect(addresses.filter(({ shipping }) => shipping)).toHaveLength(1);
  expect(addresses.filter(({ billing }) => billing)).toHaveLength(1);
});
