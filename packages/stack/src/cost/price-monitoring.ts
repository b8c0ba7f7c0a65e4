import { blocks, number, text } from '../model/stack-model.ts';
import type { Pricer } from './cost-item.ts';
import { times } from './range.ts';
import { storedShareOfLogs } from './usage-assumptions.ts';

/** An alarm is paid by the metrics that it reads; anomaly detection reads two more. */
export const priceMetricAlarm: Pricer = ({ config }) => {
  const queries = blocks(config['metric_query']);
  const metrics = queries.length === 0 ? [config] : queries.flatMap((query) => blocks(query['metric']));
  // A query of Metrics Insights is paid by the metrics that it finds.
  if (metrics.length === 0) return { unpriced: 'how many metrics its query reads is not literal' };
  const periods = metrics.map((metric) => metric['period'] ?? 60);
  if (!periods.every((period) => typeof period === 'number'))
    return { unpriced: 'its period is not literal' };
  const fast = periods.some((period) => period < 60);
  const bands = queries.filter((query) =>
    (text(query['expression']) ?? '').includes('ANOMALY_DETECTION_BAND'),
  ).length;
  return [
    {
      component: `${fast ? 'high-resolution alarm' : 'alarm'}${metrics.length > 1 ? ` on ${metrics.length} metrics` : ''}`,
      priceKey: fast ? 'alarm.high-resolution' : 'alarm.standard',
      quantity: metrics.length + 2 * bands,
    },
  ];
};

/** What is written, and what is stored once the retention is reached. */
export const priceLogGroup: Pricer = ({ config }, _stack, usage) => {
  const retentionDays = number(config['retention_in_days']) ?? 0;
  if (retentionDays === 0) return { unpriced: 'it keeps its logs for ever, so that its size has no bound' };
  return [
    { component: 'logs written to a group', priceKey: 'logs.ingestion', quantity: usage.logGBPerMonth },
    {
      component: `logs kept for ${retentionDays} days`,
      priceKey: 'logs.storage',
      quantity: times(usage.logGBPerMonth, (storedShareOfLogs * retentionDays * 24) / 730),
    },
  ];
};
