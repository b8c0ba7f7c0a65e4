// Writes what pages and the workflow say of commands and stages, or with --check fails unless it is written as they are.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { blocks, renewBlock } from './pages.ts';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const root = resolve(import.meta.dirname, '../../..');
for (const [file, block] of Object.entries(blocks)) {
  const before = readFileSync(join(root, file), 'utf8');
  const now = renewBlock(file, before, block());
  if (now === before) continue;
  if (values.check) {
    console.error(`${file} is outdated. Write it again: pnpm generate`);
    process.exitCode = 1;
  } else {
    writeFileSync(join(root, file), now);
  }
}
