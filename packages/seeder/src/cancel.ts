import type { Client } from 'pg';
import { withConnections } from './connection.ts';

/** Cancels what the sessions are doing when the signal fires, until disposed. */
export function cancelOnAbort(
  url: string,
  clients: readonly Client[],
  signal: AbortSignal | undefined,
): Disposable {
  const processIds = clients.map((client) => (client as Client & { processID: number }).processID);
  const cancel = () => {
    // A session that can't be cancelled ends when its connection closes, which comes next.
    withConnections(url, 1, async ([client]) => {
      await client.query('select pg_cancel_backend(pid) from unnest($1::int4[]) as pid', [processIds]);
    }).catch(() => {});
  };
  signal?.addEventListener('abort', cancel, { once: true });
  return { [Symbol.dispose]: () => signal?.removeEventListener('abort', cancel) };
}
