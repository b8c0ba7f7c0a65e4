import { expect, test } from 'vitest';
import { loadedLibraries } from '../../stack/test/loaded-libraries.ts';

const entry = (name: string) => new URL(`${name}/index.ts`, import.meta.url);
const cdktf = /^(cdktf|constructs|@cdktf\/.*)$/;

test('the entry terraform loads no library', async () => {
  expect(await loadedLibraries(entry('terraform'))).toEqual([]);
});

test.each([
  { name: 'login', clients: ['@aws-sdk/client-secrets-manager'] },
  { name: 'prices', clients: ['@aws-sdk/client-pricing'] },
  { name: 'snapshot', clients: ['@aws-sdk/client-rds'] },
  { name: 'teardown', clients: expect.arrayContaining(['@aws-sdk/client-ec2', '@aws-sdk/client-rds']) },
])('the entry $name loads no cdktf, and the clients that it needs', async ({ name, clients }) => {
  const libraries = await loadedLibraries(entry(name));
  expect(libraries.filter((library) => cdktf.test(library))).toEqual([]);
  expect(libraries.filter((library) => library.startsWith('@aws-sdk/client-'))).toEqual(clients);
});
