import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { openPerson } from '../../../test/open-person.ts';
import { useOpenShop } from '../../../test/open-shop.ts';
import { superuser } from '../../../test/placed-order.ts';
import {
  changePassword,
  Customer,
  CustomerCredential,
  CustomerToken,
  exportPerson,
  findSession,
  logIn,
  logInWithIdentity,
  registerCustomer,
  requestEmailVerification,
  requestPasswordReset,
  resetPassword,
  updateProfile,
  verifyEmail,
} from '../../index.ts';

const shop = useOpenShop();
const em = () => shop().orm.em.fork();

/** All that a value shows: to a log, to a debugger, to JSON, and in the errors that caused it. */
function shown(value: unknown): string {
  return `${inspect(value, { depth: 9, showHidden: true, maxArrayLength: null, maxStringLength: null })}${
    value instanceof Error ? value.stack : JSON.stringify(value)
  }`;
}

/** What each operation returned, or threw. */
async function results(operations: Record<string, () => Promise<unknown>>): Promise<[string, string][]> {
  const all: [string, string][] = [];
  for (const [name, operation] of Object.entries(operations)) {
    all.push([
      name,
      shown(
        await operation().then(
          (value) => value,
          (error: unknown) => error,
        ),
      ),
    ]);
  }
  return all;
}

/** Every hash that the database has now, as a row shows it, and as bytes do. */
async function hashes(): Promise<string[]> {
  const rows = await shop().rows<{ secret: string }>(`
    select secret_hash as secret from customer_credential where secret_hash is not null
    union all select encode(token_hash, 'hex') from customer_token
    union all select encode(token_hash, 'base64') from customer_token`);
  return rows.map(({ secret }) => secret);
}

const passwords = ['correct horse', 'battery staple', 'wrong horse'];
const leaks = (all: [string, string][], secrets: string[]) =>
  all.filter(([, text]) => secrets.some((secret) => text.includes(secret))).map(([name]) => name);

test('no hash and no password is in what an operation returns or throws', async () => {
  const customerId = await openPerson(shop(), 'Sandra');
  const email = 'sandra@example.com';
  const reset = await requestPasswordReset(em(), { email });
  const before = await hashes();
  const all = await results({
    register: () => registerCustomer(em(), { email: 'new@example.com', password: 'battery staple' }),
    registerTaken: () => registerCustomer(em(), { email, password: 'battery staple' }),
    logIn: () => logIn(em(), { email, password: 'correct horse' }),
    logInWrong: () => logIn(em(), { email, password: 'wrong horse' }),
    logInBadInput: () => logIn(em(), { email: '', password: 'wrong horse'.repeat(99) }),
    identity: () => logInWithIdentity(em(), { provider: 'google', subject: 'Sandra' }),
    findSession: () => findSession(em(), { token: 'x' }),
    verification: () => requestEmailVerification(em(), { customerId }),
    verifyUnknown: () => verifyEmail(em(), { token: 'x' }),
    profile: () => updateProfile(em(), { customerId, phone: '1' }),
    export: () => exportPerson(em(), { customerId }),
    change: () =>
      changePassword(em(), { customerId, currentPassword: 'correct horse', newPassword: 'battery staple' }),
    reset: () => resetPassword(em(), { token: String(reset?.token), newPassword: 'battery staple' }),
  });
  expect(leaks(all, [...before, ...(await hashes()), ...passwords, '$scrypt$'])).toEqual([]);
});

test('an entity that is read has no hash unless asked for', async () => {
  await openPerson(shop(), 'Sophie');
  const secrets = await hashes();
  const all = await results({
    customers: () => em().find(Customer, {}),
    credentials: () => em().find(CustomerCredential, {}, { populate: ['customer'] }),
    tokens: () => em().find(CustomerToken, {}, { populate: ['customer'] }),
  });
  expect(leaks(all, secrets)).toEqual([]);
});

test('no hash and no password is in the error of a database that refuses the row', async () => {
  const customerId = await openPerson(shop(), 'Sylvia');
  const email = 'sylvia@example.com';
  const { token } = (await requestPasswordReset(em(), { email })) ?? { token: '' };
  const before = await hashes();
  const client = await superuser(shop());
  const refuse = (table: string) => `alter table ${table} add constraint refused check (false) not valid`;
  await client.query(`${refuse('customer_token')}; ${refuse('customer_credential')}`);
  const newPassword = 'battery staple';
  const all = await results({
    register: () => registerCustomer(em(), { email: 'refused@example.com', password: newPassword }),
    logIn: () => logIn(em(), { email, password: 'correct horse' }),
    logInWrong: () => logIn(em(), { email, password: 'wrong horse' }),
    identity: () => logInWithIdentity(em(), { provider: 'google', subject: 'Sylvia' }),
    verification: () => requestEmailVerification(em(), { customerId }),
    requestReset: () => requestPasswordReset(em(), { email }),
    reset: () => resetPassword(em(), { token, newPassword }),
    change: () => changePassword(em(), { customerId, currentPassword: 'correct horse', newPassword }),
  });
  await client.query(`alter table customer_token drop constraint refused;
    alter table customer_credential drop constraint refused`);
  for (const [name, text] of all) expect([name, text]).toEqual([name, expect.stringContaining('"refused"')]);
  expect(leaks(all, [...before, ...passwords, '$scrypt$', 'Failing row', '\\x'])).toEqual([]);
});
