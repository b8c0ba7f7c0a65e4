import { expect, test } from 'vitest';
import { openAccount, openSession, outcome } from '../../../test/account.ts';
import { useOpenShop } from '../../../test/open-shop.ts';
import {
  changePassword,
  findSession,
  logIn,
  logInWithIdentity,
  registerCustomer,
  requestPasswordReset,
  resetPassword,
} from '../../index.ts';

const shop = useOpenShop();
const em = () => shop().orm.em.fork();
const enter = (email: string, password = 'correct horse') => logIn(em(), { email, password });
const session = (customerId: string) => openSession(shop(), customerId);
const ask = async (email: string) => (await requestPasswordReset(em(), { email }))?.token ?? '';
const reset = (token: string, newPassword = 'battery staple') => resetPassword(em(), { token, newPassword });
const actions = (customerId: string) =>
  shop().rows(`select action from audit_log where entity_id = '${customerId}' order by id`);
const tokens = (customerId: string) =>
  shop().rows(`select purpose from customer_token where customer_id = '${customerId}'`);

test('a change ends all sessions but the one that it starts', async () => {
  const customerId = await openAccount(shop(), 'change@example.com');
  const before = await session(customerId);
  await ask('change@example.com');
  const change = { customerId, currentPassword: 'correct horse', newPassword: 'battery staple' };
  const { token } = await changePassword(em(), change);
  expect(await findSession(em(), { token: before.token })).toBeUndefined();
  expect(await findSession(em(), { token })).toMatchObject({ customerId });
  expect(await tokens(customerId)).toEqual([{ purpose: 'session' }]);
  expect(await outcome(enter('change@example.com'))).toBe('invalid-credentials');
  await enter('change@example.com', 'battery staple');
  expect(await actions(customerId)).toEqual([{ action: 'customer.change_password' }]);
});

test('a change needs the present password, and counts wrong ones', async () => {
  const customerId = await openAccount(shop(), 'thief@example.com');
  await shop().rows(`update customer_credential set failed_attempts = 9 where customer_id = '${customerId}'`);
  const change = { customerId, currentPassword: 'a guess', newPassword: 'battery staple' };
  expect(await outcome(changePassword(em(), change))).toBe('invalid-credentials');
  expect(await outcome(changePassword(em(), { ...change, currentPassword: 'correct horse' }))).toBe(
    'account-locked',
  );
  expect(await outcome(changePassword(em(), { ...change, newPassword: 'short' }))).toBe('invalid-input');
});

test('a login with the old password that meets a change leaves no session', async () => {
  const customerId = await openAccount(shop(), 'race@example.com');
  const change = { customerId, currentPassword: 'correct horse', newPassword: 'battery staple' };
  const [{ token }] = await Promise.all([
    changePassword(em(), change),
    ...Array.from({ length: 2 }, () => outcome(enter('race@example.com'))),
  ]);
  expect(await tokens(customerId)).toEqual([{ purpose: 'session' }]);
  expect(await findSession(em(), { token })).toBeDefined();
});

test('a reset works once, ends all sessions, unlocks, and verifies the address', async () => {
  const customerId = await openAccount(shop(), 'Reset@example.com');
  const before = await session(customerId);
  await shop()
    .rows(`update customer_credential set failed_attempts = 12, locked_until = now() + interval '1 hour'
    where customer_id = '${customerId}'`);
  const token = await ask('rESET@example.com');
  expect(await reset(token)).toEqual({ customerId });
  expect(await findSession(em(), { token: before.token })).toBeUndefined();
  await enter('reset@example.com', 'battery staple');
  expect(await outcome(reset(token, 'another password'))).toBe('invalid-token');
  expect(
    await shop().rows(`select email_verified_at <= now() as v from customer where id = '${customerId}'`),
  ).toEqual([{ v: true }]);
  expect(await actions(customerId)).toEqual([{ action: 'customer.reset_password' }]);
});

test('of concurrent uses of one token one succeeds, and sets the password', async () => {
  await openAccount(shop(), 'twice@example.com');
  const token = await ask('twice@example.com');
  const passwords = ['password one', 'password two'];
  const outcomes = await Promise.all(passwords.map((password) => outcome(reset(token, password))));
  expect(outcomes.toSorted()).toEqual(['done', 'invalid-token']);
  await enter('twice@example.com', passwords[outcomes.indexOf('done')] ?? '');
});

test('a token replaces the one before, also when requested concurrently; a session is not a reset token', async () => {
  const customerId = await openAccount(shop(), 'asks@example.com');
  const first = await ask('asks@example.com');
  await Promise.all([ask('asks@example.com'), ask('asks@example.com'), ask('asks@example.com')]);
  expect(await tokens(customerId)).toEqual([{ purpose: 'password_reset' }]);
  expect(await outcome(reset(first))).toBe('invalid-token');
  expect(await outcome(reset((await session(customerId)).token))).toBe('invalid-token');
});

test('an expired token is refused; an unknown address gets none', async () => {
  const customerId = await openAccount(shop(), 'late@example.com');
  const token = await ask('late@example.com');
  await shop().rows(`with old as (delete from customer_token where customer_id = '${customerId}' returning *)
    insert into customer_token select id, token_hash, customer_id, purpose, now(), now() - interval '1 hour' from old`);
  expect(await outcome(reset(token))).toBe('invalid-token');
  expect(await requestPasswordReset(em(), { email: 'nobody@example.com' })).toBeUndefined();
});

test('a token stays if the reset fails, and sets the first password of a customer without one', async () => {
  const identity = { provider: 'google', subject: '7' };
  const { id } = await registerCustomer(em(), {
    email: 'google@example.com',
    identity: { ...identity, emailVerified: true },
  });
  const token = await ask('google@example.com');
  expect(await outcome(reset(token, 'short'))).toBe('invalid-input');
  expect(await reset(token)).toEqual({ customerId: id });
  await enter('google@example.com', 'battery staple');
  await logInWithIdentity(em(), identity);
});

test('whoever registered with the address of somebody else is locked out once its owner resets the password', async () => {
  const identity = { provider: 'google', subject: 'thief' };
  const { id } = await registerCustomer(em(), { email: 'owner@example.com', identity });
  const { token } = await logInWithIdentity(em(), identity);
  expect(await reset(await ask('owner@example.com'))).toEqual({ customerId: id });
  expect(await findSession(em(), { token })).toBeUndefined();
  expect(await outcome(logInWithIdentity(em(), identity))).toBe('identity-not-found');
});
