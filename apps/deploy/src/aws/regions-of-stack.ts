import type { StackJson } from '@ecommerce-dms/stack';

/** Of all the providers of a stack, its own first: replicas and copies of backups lie in other regions. */
export function regionsOfStack({ provider = {} }: StackJson): string[] {
  const regions = (provider['aws'] ?? []).map(({ region }) => region);
  return [...new Set(regions.filter((region) => typeof region === 'string'))];
}
