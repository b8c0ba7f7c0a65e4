import type { AlarmDefinition } from '../alarm-definition.ts';

/** One CloudWatch metric of one DB instance. */
export interface MetricReference {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/**
 * The metrics that a definition watches, on this instance. RDS's own have the instance as their dimension. Those
 * counted from log lines have it in their namespace, because a filter on plain text cannot set a dimension.
 */
export function metricReferences(
  definition: Pick<AlarmDefinition, 'metrics' | 'namespace' | 'logPattern'>,
  instanceIdentifier: string,
): MetricReference[] {
  const { metrics, namespace, logPattern } = definition;
  const ofInstance: Omit<MetricReference, 'name'> =
    logPattern === undefined
      ? { namespace, dimensions: { DBInstanceIdentifier: instanceIdentifier } }
      : { namespace: `${namespace}/${instanceIdentifier}`, dimensions: {} };
  return metrics.map((name) => ({ ...ofInstance, name }));
}
