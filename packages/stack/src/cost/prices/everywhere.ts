import { bill, published } from './sources.ts';
import { priced } from './units.ts';

/** USD, the same in all regions: AWS lists them once for an account. */
export const everywhere = priced({
  zone: { usd: 0.5, ...bill('a bill: HostedZone, the same everywhere') },
  dashboard: {
    usd: 3,
    ...published('AWS price list as read by a public repository, 2026 (DashboardsUsageHour, location Any)'),
  },
});
