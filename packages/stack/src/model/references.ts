import type { Json } from './stack-json.ts';

const reference = /\b(aws_\w+\.[\w-]+)/g;

/** Addresses of the resources that a value names, at any depth: `${aws_vpc.shop.id}`, or `aws_vpc.shop` in depends_on. */
export function references(value: Json | undefined): string[] {
  if (typeof value === 'string')
    return [...value.matchAll(reference)].flatMap(([, address]) => address ?? []);
  if (typeof value !== 'object' || value === null) return [];
  return [...new Set(Object.values(value).flatMap(references))];
}
