import { Migrator } from '@ecommerce-dms/migrator';
import { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, expect, test } from 'vitest';
import { ormOptions } from '../orm-options.ts';

// It connects to nothing.
const orm = await MikroORM.init(ormOptions({ url: 'postgres://nobody@127.0.0.1:1/nothing' }));
afterAll(() => orm.close());

test('no migration stops the queries of others, even if each is a release of its own', async () => {
  // A suppression that is not needed is a finding, too.
  expect(await Migrator.of(orm).lint({ all: true, releases: 'each' })).toEqual([]);
});

test('no migration stops the queries of others, if all are one release', async () => {
  const findings = await Migrator.of(orm).lint({ all: true });
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
});
