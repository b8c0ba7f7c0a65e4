import { randomUUID } from 'node:crypto';
import { erasePerson, exportPerson, registerCustomer, updateProfile } from '@ecommerce-dms/entities';
import type { Client } from '../client.ts';

/** By an identity elsewhere: a password takes scrypt, and so most of the machine. */
export async function register(client: Client): Promise<void> {
  const { market, tally } = client;
  const subject = randomUUID();
  const registered = await client.run(registerCustomer, {
    email: `${subject}@example.com`,
    identity: { provider: 'drill', subject, emailVerified: true },
  });
  if (registered === undefined) return;
  tally.acknowledge('customer', registered.id);
  market.customerIds.add(registered.id);
}

export async function changeAccount(client: Client): Promise<void> {
  const customerId = client.market.customerIds.pick(client.random);
  if (customerId === undefined) return;
  await client.random.weighted<() => Promise<unknown>>([
    [4, () => client.run(updateProfile, { customerId, firstName: 'Ann' }, { idempotent: true })],
    [2, () => client.read(exportPerson, { customerId })],
    [1, () => client.run(erasePerson, { customerId }, { idempotent: true })],
  ])();
}
