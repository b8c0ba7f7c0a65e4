import { expect, test } from 'vitest';
import { loadedLibraries } from '../test/loaded-libraries.ts';

test('the check of a stack loads no cdktf, no AWS SDK and no other library', async () => {
  expect(await loadedLibraries(new URL('index.ts', import.meta.url))).toEqual([]);
});

test('the diagram loads only the layout', async () => {
  expect(await loadedLibraries(new URL('diagram/index.ts', import.meta.url))).toEqual(['elkjs']);
});
