import { expect, test } from 'vitest';
import { loadedLibraries } from '../../stack/test/loaded-libraries.ts';

test('who reads settings loads no cdktf', async () => {
  expect(await loadedLibraries(new URL('settings.ts', import.meta.url))).toEqual(['zod']);
});

test('who builds a stack loads no AWS SDK', async () => {
  const libraries = await loadedLibraries(new URL('index.ts', import.meta.url));
  expect(libraries).toContain('cdktf');
  expect(libraries.filter((library) => library.startsWith('@aws-sdk/'))).toEqual([]);
});
