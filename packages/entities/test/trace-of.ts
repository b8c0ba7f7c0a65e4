import type { OpenShop } from './open-shop.ts';

/** The tables of the shop in which a row contains this text, in whatever case and column. */
export async function tracesOf(shop: OpenShop, text: string): Promise<string[]> {
  const tables = await shop.rows<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
     and not relispartition and relname <> 'migration_ledger' order by 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = await shop.rows<{ there: boolean }>(
      `select exists (select from ${name} as t where t::text ilike '%${text}%') as there`,
    );
    if (row?.there) found.push(name);
  }
  return found;
}
