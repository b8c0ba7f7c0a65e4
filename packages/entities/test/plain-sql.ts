import { Client } from 'pg';
import { onTestFinished } from 'vitest';
import type { OpenShop } from './open-shop.ts';

/** A session of the application until the end of the test, which sends SQL of its own. */
export async function applicationSession(shop: OpenShop): Promise<Client> {
  const client = new Client({ connectionString: String(shop.orm.config.get('clientUrl')) });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** `done`, or the constraint or code of what refused it. */
export const outcomeOf = (running: Promise<unknown>): Promise<string> =>
  running.then(
    () => 'done',
    (error: { constraint?: string; code?: string }) => error.constraint ?? String(error.code),
  );
