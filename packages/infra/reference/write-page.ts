// Writes the tables of options in docs/reference/infra.md as the doc comments of the schemas and props say.
import { readFileSync, writeFileSync } from 'node:fs';
import { withOptionTables } from './option-tables.ts';

const file = new URL('../../../docs/reference/infra.md', import.meta.url);
writeFileSync(file, withOptionTables(readFileSync(file, 'utf8')));
