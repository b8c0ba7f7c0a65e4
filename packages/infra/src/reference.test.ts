import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { optionsOf, schemaNames, shownDeclarations, withOptionTables } from '../test/option-tables.ts';
import { environmentOverrides } from './settings.ts';
import * as settings from './settings.ts';

const file = fileURLToPath(new URL('../../../docs/reference/infra.md', import.meta.url));
const page = readFileSync(file, 'utf8');
const shown = shownDeclarations(page);

// With `-u` it writes the tables.
test("the reference's tables of options are what the doc comments say", async () => {
  await expect(withOptionTables(page)).toMatchFileSnapshot(file);
});

test('every schema of settings is on the page', () => {
  const parts = ['accountSettings', 'commonSettings', 'sharedSettings', 'retentionSettings'];
  const names = schemaNames.filter((name) => !parts.includes(name));
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !shown.includes(name))).toEqual([]);
});

const schemas = Object.entries({ ...settings, wholeEnvironmentSettings: environmentOverrides }).flatMap(
  ([name, schema]) => (schema instanceof z.ZodObject && schemaNames.includes(name) ? { name, schema } : []),
);

test.each(schemas)('the options of $name are those that its schema has', ({ name, schema }) => {
  const options = optionsOf(name).map((option) => option.name);
  expect(options.toSorted()).toEqual(Object.keys(schema.shape).toSorted());
});

test.each([...new Set(shown)])(
  'each option of %s is described, and has a default unless it is required',
  (name) => {
    for (const { name: option, description, defaultText, required } of optionsOf(name)) {
      expect(description, option).not.toBe('');
      expect(defaultText === '', option).toBe(required);
    }
  },
);
