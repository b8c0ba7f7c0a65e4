import { readFile } from 'node:fs/promises';
import { Utils } from '@mikro-orm/core';
import { expect, test } from 'vitest';
import { failure } from '../test/fixtures.ts';
import { testedOrmVersions, untestedOrmNotice } from './orm-version.ts';

test('the installed version counts as tested, another patch is named, another minor version is refused', async () => {
  expect(testedOrmVersions).toContain(Utils.getORMVersion());
  expect(untestedOrmNotice(Utils.getORMVersion())).toBeUndefined();
  expect(untestedOrmNotice('7.2.99')).toContain('this is 7.2.99');
  const { code, hint } = await failure((async () => untestedOrmNotice('7.1.15'))());
  expect(code).toBe('invalid-settings');
  expect(hint).toContain(`npm install @mikro-orm/core@${testedOrmVersions.at(-1)}`);
});

test('the range of peers is that of the tested minor version', async () => {
  const { peerDependencies } = JSON.parse(
    await readFile(new URL('../package.json', import.meta.url), 'utf8'),
  );
  const ranges = Object.entries(peerDependencies).filter(([name]) => name.startsWith('@mikro-orm/'));
  expect(new Set(ranges.map(([, range]) => range))).toEqual(new Set(['~7.2.0']));
  expect(testedOrmVersions.every((version) => version.startsWith('7.2.'))).toBe(true);
});
