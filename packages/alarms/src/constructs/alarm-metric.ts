import type {
  CloudwatchMetricAlarmConfig,
  CloudwatchMetricAlarmMetricQuery,
} from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js';
import type { AlarmDefinition } from '../alarm-definition.ts';
import { metricReferences } from './metric-references.ts';

/**
 * The arguments of an alarm resource for what it watches: one metric, or the sum of several as metric math.
 *
 * Percentiles of few samples are evaluated, CloudWatch's default: RDS publishes about one a minute, and with `ignore`
 * a p90 of fewer than 100 would never change the state.
 */
export function alarmMetric(
  definition: AlarmDefinition,
  instanceIdentifier: string,
): Partial<CloudwatchMetricAlarmConfig> {
  const { statistic, periodSeconds } = definition;
  const references = metricReferences(definition, instanceIdentifier);
  const [only] = references;
  if (references.length === 1 && only !== undefined) {
    return {
      namespace: only.namespace,
      metricName: only.name,
      dimensions: only.dimensions,
      period: periodSeconds,
      ...(statistic === 'p90' ? { extendedStatistic: statistic } : { statistic }),
    };
  }
  const parts = references.map(
    ({ namespace, name, dimensions }, index): CloudwatchMetricAlarmMetricQuery => ({
      id: `m${index + 1}`,
      metric: { namespace, metricName: name, dimensions, period: periodSeconds, stat: statistic },
    }),
  );
  const sum: CloudwatchMetricAlarmMetricQuery = {
    id: 'total',
    expression: parts.map((part) => part.id).join(' + '),
    label: definition.metrics.join(' + '),
    returnData: true,
  };
  return { metricQuery: [...parts, sum] };
}
