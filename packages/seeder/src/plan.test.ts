import { expect, test } from 'vitest';
import { definePlan } from './plan.ts';

test('a plan knows its columns and its context', () => {
  const plan = definePlan({
    name: 'typed',
    version: 1,
    tables: { thing: ['id', 'name'] },
    prepare: async () => ({ prefix: 'n' }),
    families: [
      {
        name: 'thing',
        count: () => 1,
        generate(index, emit, context) {
          emit.thing({ id: index, name: context.prefix });
          // @ts-expect-error a column is missing
          emit.thing({ id: index });
          // @ts-expect-error there is no such column
          emit.thing({ id: index, name: context.prefix, nmae: '' });
          // @ts-expect-error there is no such table
          emit.think?.({ id: index });
          // @ts-expect-error there is nothing of that name in the context
          emit.thing({ id: index, name: context.suffix });
        },
      },
    ],
  });
  expect(plan.families[0]?.count({ prefix: '' })).toBe(1);
});
