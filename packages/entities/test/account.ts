import { createHook } from 'node:async_hooks';
import { randomBytes, scryptSync } from 'node:crypto';
import { type Session, startSession } from '../src/customer/operations/session.ts';
import type { OpenShop } from './open-shop.ts';

/** A PHC string with a cost that tests can afford: lower than what the shop uses for a new password. */
export function cheapHash(password: string): string {
  const salt = randomBytes(16);
  const key = scryptSync(password, salt, 32, { N: 2 ** 4, r: 8, p: 1 });
  return `$scrypt$ln=4,r=8,p=1$${salt.toString('base64')}$${key.toString('base64')}`;
}

/** A customer who logs in with this password. */
export async function openAccount(
  shop: OpenShop,
  email: string,
  password = 'correct horse',
): Promise<string> {
  const [row] = await shop.em().execute<{ id: string }[]>(
    `with c as (insert into customer (email) values (?) returning id)
     insert into customer_credential (customer_id, secret_hash) select id, ? from c returning customer_id as id`,
    [email, cheapHash(password)],
  );
  return String(row?.id);
}

/** A session of a customer, without the slow hashing of a login. */
export async function openSession(shop: OpenShop, customerId: string): Promise<Session> {
  return await shop.orm.em.fork().transactional((em) => startSession(em, customerId));
}

/** How many scrypt keys are derived while `work` runs. */
export async function countScrypt(work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const hook = createHook({
    init: (_id, type) => {
      if (type === 'SCRYPTREQUEST') count++;
    },
  });
  hook.enable();
  try {
    await work();
  } finally {
    hook.disable();
  }
  return count;
}

/** `done`, or the code of the error that it was refused with. */
export async function outcome(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => 'done',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
  );
}
