export { shopChecks, type ShopCheckOptions } from './shop-checks.ts';
