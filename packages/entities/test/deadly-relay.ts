// Runs a relay whose handler kills the process: `node test/deadly-relay.ts URL`.
import { MikroORM } from '@mikro-orm/postgresql';
import { ormOptions, relayOutbox } from '../src/index.ts';

const [url = ''] = process.argv.slice(2);
const orm = await MikroORM.init(ormOptions({ url }));
await relayOutbox(orm.em, {
  handler: async () => {
    process.kill(process.pid, 'SIGKILL');
  },
  pollIntervalMs: 20,
  deliveryTimeoutMs: 1,
  signal: new AbortController().signal,
});
