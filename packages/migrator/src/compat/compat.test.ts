import { expect, test } from 'vitest';
import { openDatabase } from '../../test/fixtures.ts';
import { createReleases, sqlFile } from '../../test/compat/two-releases.ts';

test('a release that only expands', async () => {
  const { url } = await openDatabase();
  const releases = await createReleases();
  await releases.write({ 'migrations/M2.sql': sqlFile(['alter table product add sku text']) });
  const { code, report } = await releases.compat(url);
  console.log(JSON.stringify(report, null, 1));
  expect(code).toBe(0);
});
