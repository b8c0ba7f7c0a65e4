import { expect, test } from 'vitest';
import { presetJson } from '../../test/preset-stack.ts';
import { checkPolicy, list, StackModel } from '@ecommerce-dms/stack';

function dns(settings: { zoneName: string; zoneId?: string }, replicas = 2): StackModel {
  return new StackModel(presetJson('production', { dns: settings, database: { replicas } }));
}

const recordsOf = (stack: StackModel) =>
  stack.ofType('aws_route53_record').map(({ config }) => ({
    name: config['name'],
    type: config['type'],
    ttl: config['ttl'],
    to: list(config['records']).map((endpoint) => stack.target(endpoint)?.path?.split('/').at(-1)),
  }));
const cname = { type: 'CNAME', ttl: 5 };

test('writer and reader are names of a private zone; replicas share one name', () => {
  const stack = dns({ zoneName: 'shop.internal' });
  const [zone] = stack.ofType('aws_route53_zone');
  expect(zone?.config).toMatchObject({ name: 'shop.internal', vpc: [{ vpc_id: expect.any(String) }] });
  expect(recordsOf(stack)).toEqual([
    { ...cname, name: 'reader.shop.internal', to: ['replica-1'] },
    { ...cname, name: 'reader.shop.internal', to: ['replica-2'] },
    { ...cname, name: 'writer.shop.internal', to: ['writer'] },
  ]);
  expect(checkPolicy(stack.json).findings).toEqual([]);
});

test('without replicas the reader is the writer', () => {
  expect(recordsOf(dns({ zoneName: 'shop.internal' }, 0)).map(({ to }) => to)).toEqual([
    ['writer'],
    ['writer'],
  ]);
});

test('a zone that exists is used', () => {
  const stack = dns({ zoneName: 'shop.internal', zoneId: 'Z123' });
  expect(stack.ofType('aws_route53_zone')).toEqual([]);
  for (const { config } of stack.ofType('aws_route53_record')) expect(config['zone_id']).toBe('Z123');
});

test.each(['internal', 'Shop.internal', 'shop..internal', 'shop.internal.', ''])(
  '"%s" is refused',
  (zoneName) => {
    expect(() => dns({ zoneName })).toThrow(/is not a domain/);
  },
);
