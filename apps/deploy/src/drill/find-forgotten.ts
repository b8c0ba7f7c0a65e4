import { withClient } from '../database/with-client.ts';
import type { Tally } from './load/tally.ts';

/** What was acknowledged by its id, and is not there; a sentence a table. */
export async function findForgotten(url: string, { acknowledged }: Tally): Promise<string[]> {
  return await withClient(url, async (client) => {
    const sentences: string[] = [];
    for (const [table, ids] of acknowledged) {
      const { rows } = await client.query<{ id: string }>(
        `select id from unnest($1::uuid[]) as said (id) where not exists (select from ${table} where id = said.id)`,
        [[...ids]],
      );
      if (rows.length > 0)
        sentences.push(`${rows.length} of table ${table} were acknowledged and are not there.`);
    }
    return sentences;
  });
}
