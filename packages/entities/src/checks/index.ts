export type { ShopCheckOptions } from './options.ts';
export { shopChecks } from './shop-checks.ts';
