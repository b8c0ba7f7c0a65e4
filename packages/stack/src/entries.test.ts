import { expect, test } from 'vitest';
import { loadedLibraries } from '../test/loaded-libraries.ts';

test('who judges a stack loads no cdktf, no AWS SDK and no other library', async () => {
  expect(await loadedLibraries(new URL('index.ts', import.meta.url))).toEqual([]);
});

test('who draws a stack loads the layout alone', async () => {
  expect(await loadedLibraries(new URL('diagram/index.ts', import.meta.url))).toEqual(['elkjs']);
});
