import type { AlarmDefinition } from '../alarm-definition.ts';
import { definitionsOf, panelsOf, type Panel } from './dashboard-panels.ts';
import { metricReferences } from './metric-references.ts';

export interface DashboardInstance {
  readonly instanceIdentifier: string;
  readonly definitions: readonly AlarmDefinition[];
  readonly alarmArns: readonly string[];
}

/** A widget as CloudWatch's dashboard body has it. */
export interface DashboardWidget {
  readonly type: 'text' | 'alarm' | 'metric';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

const gridWidth = 24;
const panel = { width: 8, height: 6 };
const alarmsHeight = 4;

/**
 * CloudWatch's dashboard body: for each instance the states of its alarms, then its graphs, with the thresholds of the
 * same definitions as lines.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export function dashboardBody(
  region: string,
  instances: readonly DashboardInstance[],
): { widgets: DashboardWidget[] } {
  const widgets: DashboardWidget[] = [];
  let y = 0;
  for (const instance of instances) {
    const { instanceIdentifier, definitions, alarmArns } = instance;
    widgets.push({
      type: 'alarm',
      x: 0,
      y,
      width: gridWidth,
      height: alarmsHeight,
      properties: { title: `Alarms of ${instanceIdentifier}`, alarms: alarmArns },
    });
    y += alarmsHeight;
    const panels = panelsOf(definitions);
    const columns = gridWidth / panel.width;
    for (const [index, graph] of panels.entries()) {
      widgets.push({
        type: 'metric',
        x: (index % columns) * panel.width,
        y: y + Math.floor(index / columns) * panel.height,
        ...panel,
        properties: graphProperties(region, instance, graph),
      });
    }
    y += Math.ceil(panels.length / columns) * panel.height;
  }
  return { widgets };
}

function graphProperties(region: string, instance: DashboardInstance, graph: Panel): Record<string, unknown> {
  const { instanceIdentifier, definitions } = instance;
  const shown = definitionsOf(graph, definitions);
  const { namespace = 'AWS/RDS', logPattern } = shown[0] ?? {};
  const references = metricReferences({ metrics: graph.metrics, namespace, logPattern }, instanceIdentifier);
  const metrics: unknown[] = references.map((reference, index) => [
    reference.namespace,
    reference.name,
    ...Object.entries(reference.dimensions).flat(),
    { id: `m${index + 1}`, stat: graph.statistic },
  ]);
  if (metrics.length > 1) {
    const expression = metrics.map((_, index) => `m${index + 1}`).join(' + ');
    metrics.push([{ id: 'total', expression, label: 'Total' }]);
  }
  return {
    title: `${graph.title}, ${instanceIdentifier}`,
    region,
    view: 'timeSeries',
    // At 60 s a metric that is published every 5 minutes would be dots.
    period: shown[0]?.periodSeconds ?? 60,
    metrics,
    yAxis: { left: { label: graph.unit, showUnits: false } },
    annotations: {
      horizontal: shown.map(({ id, severity, threshold }) => ({
        label: `${id} (${severity})`,
        value: threshold,
      })),
    },
  };
}
