export { type FetchedPrices, fetchPrices } from './fetch-prices.ts';
