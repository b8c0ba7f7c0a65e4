import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { runSteps } from './steps.ts';

test('a step with findings is not shown as ok', async () => {
  const stream = new PassThrough();
  const steps = [
    { title: 'One', run: async () => ({ summary: '3 passed' }) },
    { title: 'Two', run: async () => ({ summary: '2 failed', findings: new Error('found') }) },
  ];
  await runSteps(steps, stream as unknown as NodeJS.WriteStream);
  const shown = String(stream.read()).replaceAll(/ \(\d+\.\d s\)/g, '');
  expect(shown).toBe('... One\nok  3 passed\n... Two\nnot ok 2 failed\n');
});
