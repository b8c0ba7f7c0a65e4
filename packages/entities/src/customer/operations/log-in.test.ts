import { describe, expect, test } from 'vitest';
import { countScrypt, openAccount, openSession, outcome } from '../../../test/account.ts';
import { useOpenShop } from '../../../test/open-shop.ts';
import {
  AccountLocked,
  findSession,
  logIn,
  logOut,
  logOutEverywhere,
  removeExpiredTokens,
} from '../../index.ts';
import { isWeakHash } from './password-hash.ts';

const shop = useOpenShop();
const em = () => shop().orm.em.fork();
const session = (customerId: string) => openSession(shop(), customerId);
const enter = (email: string, password = 'correct horse') => logIn(em(), { email, password });

const credential = async (customerId: string) => {
  const [row] = await shop().rows<{ failed_attempts: number; locked: boolean; secret_hash: string }>(
    `select failed_attempts, coalesce(locked_until > now(), false) as locked, secret_hash
     from customer_credential where customer_id = '${customerId}'`,
  );
  return row;
};
const locks = (customerId: string) =>
  shop().rows(`select detail from audit_log where action = 'customer.lock' and entity_id = '${customerId}'`);

describe('a session', () => {
  test('begins with the right password, for the address in any case, and ends at logout', async () => {
    const customerId = await openAccount(shop(), 'Ann@example.com');
    const session = await enter(' aNN@example.com ');
    expect(session).toMatchObject({ customerId, token: expect.stringMatching(/^[\w-]{43}$/) });
    const { token, ...rest } = session;
    expect(await findSession(em(), { token })).toEqual(rest);
    expect(rest.expiresAt.getTime() - Date.now()).toBeGreaterThan(29 * 86_400_000);
    await logOut(em(), { token });
    await logOut(em(), { token });
    expect(await findSession(em(), { token })).toBeUndefined();
  });

  test('is found only by its token, until it expires; an expired one is removed', async () => {
    const customerId = await openAccount(shop(), 'expired@example.com');
    const { token } = await session(customerId);
    for (const other of ['', 'x', token.slice(1), `${'A'.repeat(43)}`]) {
      expect(await findSession(em(), { token: other })).toBeUndefined();
    }
    const tokens = `from customer_token where customer_id = '${customerId}'`;
    await shop().rows(`with old as (delete ${tokens} returning *) insert into customer_token
      select id, token_hash, customer_id, purpose, now(), now() - interval '30 days' from old`);
    expect(await findSession(em(), { token })).toBeUndefined();
    await session(customerId);
    expect(await shop().rows(`select count(*)::int as n ${tokens}`)).toEqual([{ n: 1 }]);
  });

  test('that has expired is removed, once, and no other', async () => {
    const customerId = await openAccount(shop(), 'swept@example.com');
    await shop().rows(`insert into customer_token (customer_id, token_hash, purpose, created_at, expires_at)
      select '${customerId}', sha256(n::text::bytea), 'session', now() - interval '2 days', now() - interval '1 day'
      from generate_series(1, 25) n`);
    const { token } = await session(await openAccount(shop(), 'stays@example.com'));
    const sweep = () => removeExpiredTokens(em(), { limit: 10 });
    const removed = [...(await Promise.all([sweep(), sweep(), sweep()])), await sweep(), await sweep()];
    expect(removed.reduce((sum, each) => sum + each)).toBe(25);
    expect(await sweep()).toBe(0);
    expect(await findSession(em(), { token })).toBeDefined();
  });

  test('ends on every device at once', async () => {
    const customerId = await openAccount(shop(), 'devices@example.com');
    const sessions = [await session(customerId), await session(customerId)];
    const other = await session(await openAccount(shop(), 'other@example.com'));
    expect(await logOutEverywhere(em(), { customerId })).toBe(2);
    for (const { token } of sessions) expect(await findSession(em(), { token })).toBeUndefined();
    expect(await findSession(em(), { token: other.token })).toBeDefined();
  });
});

describe('a password', () => {
  test('takes as much work for an unknown address, and is refused with the same message', async () => {
    await openAccount(shop(), 'known@example.com');
    await openAccount(shop(), 'unusable@example.com').then((id) =>
      shop().rows(`update customer_credential set secret_hash = '!' where customer_id = '${id}'`),
    );
    const errors: unknown[] = [];
    for (const name of ['known', 'unknown', 'unusable']) {
      const work = () => enter(`${name}@example.com`, 'wrong horse').catch((error) => errors.push(error));
      expect([name, await countScrypt(work)]).toEqual([name, 1]);
    }
    const [known, ...others] = errors;
    expect(known).toMatchObject({ code: 'invalid-credentials' });
    expect(others.map(String)).toEqual([String(known), String(known)]);
  });

  test("with a hash of weaker parameters than today's gets a better one at login; that one stays", async () => {
    const customerId = await openAccount(shop(), 'weak@example.com');
    await enter('weak@example.com');
    const better = await credential(customerId);
    expect(better?.secret_hash).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/);
    await enter('weak@example.com');
    expect(await credential(customerId)).toEqual(better);
  });

  test.each([
    { cost: 'as much as a new one', parameters: 'ln=15,r=8,p=3', isWeak: false },
    { cost: 'less memory', parameters: 'ln=14,r=8,p=6', isWeak: true },
    { cost: 'less time', parameters: 'ln=15,r=8,p=2', isWeak: true },
    { cost: 'more memory and more time', parameters: 'ln=17,r=8,p=1', isWeak: false },
  ])('whose hash costs $cost ($parameters): weak is $isWeak', ({ parameters, isWeak }) => {
    expect(isWeakHash(`$scrypt$${parameters}$c2FsdA$aGFzaA`)).toBe(isWeak);
  });

  test('that is right makes sessions concurrently while its hash is replaced, and counts no failure', async () => {
    const customerId = await openAccount(shop(), 'eager@example.com');
    const sessions = await Promise.all(Array.from({ length: 3 }, () => enter('eager@example.com')));
    expect(new Set(sessions.map(({ token }) => token)).size).toBe(3);
    expect(await credential(customerId)).toMatchObject({ failed_attempts: 0, locked: false });
  });

  test('that is wrong counts each of 20 concurrent times, and locks once', async () => {
    const customerId = await openAccount(shop(), 'target@example.com');
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) => outcome(enter('target@example.com', `guess ${index}`))),
    );
    expect(outcomes.filter((each) => each === 'invalid-credentials')).toHaveLength(10);
    expect(outcomes.filter((each) => each === 'account-locked')).toHaveLength(10);
    expect(await credential(customerId)).toMatchObject({ failed_attempts: 20, locked: true });
    expect(await locks(customerId)).toEqual([{ detail: { failedAttempts: 10, lockMinutes: 15 } }]);
    // Nor does the right one say anything then.
    const refused = await enter('target@example.com').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(AccountLocked);
    expect((refused as AccountLocked).lockedUntil.getTime()).toBeGreaterThan(Date.now());
  });

  test('is locked again by each failure after a lock, and the count restarts after a success', async () => {
    const customerId = await openAccount(shop(), 'again@example.com');
    await shop().rows(`update customer_credential set failed_attempts = 10, locked_until = now()
      where customer_id = '${customerId}'`);
    expect(await outcome(enter('again@example.com', 'wrong horse'))).toBe('invalid-credentials');
    expect(await credential(customerId)).toMatchObject({ failed_attempts: 11, locked: true });
    await shop().rows(
      `update customer_credential set locked_until = now() where customer_id = '${customerId}'`,
    );
    await enter('again@example.com');
    expect(await credential(customerId)).toMatchObject({ failed_attempts: 0, locked: false });
    await outcome(enter('again@example.com', 'wrong horse'));
    expect(await credential(customerId)).toMatchObject({ failed_attempts: 1, locked: false });
  });

  test('that is wrong counts even if the caller rolls back', async () => {
    const customerId = await openAccount(shop(), 'nested@example.com');
    const nested = em().transactional((em) =>
      logIn(em, { email: 'nested@example.com', password: 'wrong horse' }),
    );
    expect(await outcome(nested)).toBe('invalid-credentials');
    expect(await credential(customerId)).toMatchObject({ failed_attempts: 1 });
  });
});
