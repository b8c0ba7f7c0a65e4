import type { RegionPrices } from './price.ts';

/** USD, the same in all regions: AWS lists them once for an account. */
export const everywhere: RegionPrices = {
  zone: { usd: 0.5, per: 'month', source: 'a bill: HostedZone, the same everywhere', quality: 'bill' },
  dashboard: {
    usd: 3,
    per: 'month',
    source: 'AWS price list as read by a public repository, 2026 (DashboardsUsageHour, location Any)',
    quality: 'published',
  },
};
