import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { runScript, temporaryDirectory } from '../test/fixtures.ts';
import { withFileLock } from './file-lock.ts';

test('a second call in this process does not give the lock of the first to another process', async () => {
  const path = join(await temporaryDirectory(), 'lock');
  const holding = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const events: string[] = [];
  const first = withFileLock(path, async () => {
    holding.resolve();
    await release.promise;
    events.push('first');
  });
  await holding.promise;
  // It opens the file and waits. To close a file takes away all locks that its process has on it (POSIX).
  await new Promise<void>((resolve) => {
    void withFileLock(path, async () => void events.push('second'), { onWait: resolve });
  });
  const other = runScript(
    `await rds.withFileLock(${JSON.stringify(path)}, async () => console.log('other'))`,
  );
  void other.ended.then(() => events.push('other'));
  // Longer than the other process takes to start and to ask for the lock.
  await Promise.race([other.ended, delay(2000)]);
  expect(events).toEqual([]);
  release.resolve();
  await Promise.all([first, other.ended]);
  expect(events[0]).toBe('first');
});
