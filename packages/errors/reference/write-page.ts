// Writes docs/reference/errors.md; with --check it only fails when the page differs from the list and the sources.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { renderErrorPage } from './error-page.ts';
import { findThrownCodes } from './thrown-codes.ts';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const root = resolve(import.meta.dirname, '../../..');
const file = join(root, 'docs/reference/errors.md');
const page = renderErrorPage(findThrownCodes(root));
if (!values.check) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, page);
} else if (readFileSync(file, 'utf8') !== page) {
  console.error('docs/reference/errors.md is outdated. Write it again: pnpm generate');
  process.exitCode = 1;
}
