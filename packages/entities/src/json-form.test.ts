import { UserError } from '@ecommerce-dms/errors';
import { expect, expectTypeOf, test } from 'vitest';
import { useOpenShop } from '../test/open-shop.ts';
import { operationSamples } from '../test/operation-samples.ts';
import { type JsonForm, jsonForm, searchOrders, type PlacedOrder } from './index.ts';

const shop = useOpenShop();

test('an amount is its digits, a time is ISO 8601, and what is undefined is left out', async () => {
  const sample = await operationSamples.checkout(shop());
  const order = (await sample.run(shop().em(), sample.input)) as PlacedOrder;
  expect(jsonForm(order)).toEqual({
    id: order.id,
    number: `${order.number}`,
    totalMinor: `${order.totalMinor}`,
  });
  const form = jsonForm(await searchOrders(shop().em(), { limit: 1000 }));
  expect(form.orders.find(({ id }) => id === order.id)).toEqual({
    id: order.id,
    number: `${order.number}`,
    email: 'ann@example.com',
    status: 'pending',
    currencyCode: 'EUR',
    totalMinor: `${order.totalMinor}`,
    placedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  });
});

test.each([
  { value: 2n ** 63n - 1n, form: '9223372036854775807' },
  { value: new Date(0), form: '1970-01-01T00:00:00.000Z' },
  { value: undefined, form: null },
  { value: [undefined, { a: undefined, b: null, c: [1n] }], form: [null, { b: null, c: ['1'] }] },
  {
    value: new UserError('cart-empty', 'It is empty.'),
    form: { code: 'cart-empty', message: 'It is empty.' },
  },
  { value: new Error('password: secret'), form: { message: 'unexpected error' } },
])('the form of $value', ({ value, form }) => {
  expect(jsonForm(value)).toEqual(form);
});

test('the type of a form is that of its JSON', () => {
  expectTypeOf<JsonForm<PlacedOrder>>().branded.toEqualTypeOf<{
    id: string;
    number: string;
    totalMinor: string;
  }>();
  expectTypeOf<JsonForm<{ at?: Date; list: (bigint | undefined)[]; more: unknown }>>().branded.toEqualTypeOf<{
    at?: string;
    list: (string | null)[];
    more?: unknown;
  }>();
});
