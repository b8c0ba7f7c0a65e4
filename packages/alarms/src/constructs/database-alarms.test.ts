import { App, TerraformStack, Testing } from 'cdktf';
import { describe, expect, test } from 'vitest';
import { DatabaseStack } from '../../test/database-stack.ts';
import { large } from '../../test/instances.ts';
import { alarmDefinitions } from '../alarm-definitions.ts';
import { alarmIds } from '../alarm-definition.ts';
import { DatabaseAlarms } from './database-alarms.ts';

interface Synthesized {
  resource: {
    aws_cloudwatch_metric_alarm: Record<string, Record<string, unknown>>;
    aws_cloudwatch_log_metric_filter: Record<string, Record<string, unknown>>;
    aws_cloudwatch_dashboard: Record<string, { dashboard_name: string; dashboard_body: string }>;
  };
}

function synthesize(stack: TerraformStack): Synthesized['resource'] {
  return (JSON.parse(Testing.synth(stack)) as Synthesized).resource;
}

describe('a writer and a replica', () => {
  const stack = new DatabaseStack(Testing.app(), 'shop');
  const resource = synthesize(stack);
  const alarms = Object.values(resource.aws_cloudwatch_metric_alarm);
  const alarm = (id: string) => alarms.find(({ alarm_name }) => String(alarm_name).endsWith(`-${id}`));

  test('have one alarm for each definition, each with its own name', () => {
    expect(alarms).toHaveLength(stack.alarms.flatMap(({ definitions }) => definitions).length);
    expect(new Set(alarms.map(({ alarm_name }) => alarm_name)).size).toBe(alarms.length);
    const ids = new Set(stack.alarms.flatMap(({ alarms }) => [...alarms.keys()]));
    expect(ids).toEqual(new Set(alarmIds));
  });

  test('notify the topic of ALARM and of OK', () => {
    for (const { alarm_actions, ok_actions } of alarms) {
      expect(alarm_actions).toEqual(['${aws_sns_topic.topic.arn}']);
      expect(ok_actions).toEqual(['${aws_sns_topic.topic.arn}']);
    }
  });

  test('an alarm on one metric', () => {
    expect(alarm('database-connections')).toMatchInlineSnapshot(`
      {
        "alarm_actions": [
          "\${aws_sns_topic.topic.arn}",
        ],
        "alarm_description": "Connections nearly exhausted. At max_connections the database refuses every new connection.

      What to do: Group pg_stat_activity by application_name and state. Many 'idle': a pool that is too large, or a leak; many 'idle in transaction': end them with pg_terminate_backend(). Then use a pool (RDS Proxy), or raise max_connections if memory allows.

      Threshold: 90 % of max_connections = 200, rounded down. (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html#RDS)",
        "alarm_name": "\${aws_db_instance.replica.identifier}-database-connections",
        "comparison_operator": "GreaterThanThreshold",
        "datapoints_to_alarm": 5,
        "dimensions": {
          "DBInstanceIdentifier": "\${aws_db_instance.replica.identifier}",
        },
        "evaluation_periods": 5,
        "metric_name": "DatabaseConnections",
        "namespace": "AWS/RDS",
        "ok_actions": [
          "\${aws_sns_topic.topic.arn}",
        ],
        "period": 60,
        "statistic": "Average",
        "tags": {
          "environment": "test",
          "severity": "page",
        },
        "threshold": 180,
        "treat_missing_data": "missing",
      }
    `);
  });

  test('an alarm on the sum of two metrics', () => {
    const { metric_query, metric_name } = alarm('iops') ?? {};
    expect(metric_name).toBeUndefined();
    expect(metric_query).toMatchInlineSnapshot(`
      [
        {
          "id": "m1",
          "metric": {
            "dimensions": {
              "DBInstanceIdentifier": "\${aws_db_instance.replica.identifier}",
            },
            "metric_name": "ReadIOPS",
            "namespace": "AWS/RDS",
            "period": 60,
            "stat": "Average",
          },
        },
        {
          "id": "m2",
          "metric": {
            "dimensions": {
              "DBInstanceIdentifier": "\${aws_db_instance.replica.identifier}",
            },
            "metric_name": "WriteIOPS",
            "namespace": "AWS/RDS",
            "period": 60,
            "stat": "Average",
          },
        },
        {
          "expression": "m1 + m2",
          "id": "total",
          "label": "ReadIOPS + WriteIOPS",
          "return_data": true,
        },
      ]
    `);
  });

  test('a percentile is an extended statistic', () => {
    expect(alarm('read-latency')).toMatchObject({ extended_statistic: 'p90', metric_name: 'ReadLatency' });
    expect(alarm('read-latency')).not.toHaveProperty('statistic');
  });

  test('deadlocks are counted from the log into the metric that the alarm watches', () => {
    const [filter] = Object.values(resource.aws_cloudwatch_log_metric_filter);
    const { namespace, metric_name, dimensions } = alarm('deadlocks') ?? {};
    expect(filter).toMatchObject({
      log_group_name: '${aws_cloudwatch_log_group.log.name}',
      pattern: '"deadlock detected"',
      metric_transformation: { namespace, name: metric_name, value: '1' },
    });
    expect(namespace).toBe('PostgreSQL/${aws_db_instance.writer.identifier}');
    expect(dimensions).toEqual({});
  });

  test('the dashboard shows every alarm and draws every threshold by value', () => {
    const [dashboard] = Object.values(resource.aws_cloudwatch_dashboard);
    expect(dashboard?.dashboard_name).toBe('shop-database');
    const { widgets } = JSON.parse(dashboard?.dashboard_body ?? '') as {
      widgets: {
        type: string;
        x: number;
        y: number;
        width: number;
        height: number;
        properties: {
          title: string;
          alarms?: string[];
          metrics?: unknown[];
          annotations?: { horizontal: { label: string; value: number }[] };
        };
      }[];
    };
    expect(widgets.flatMap(({ properties }) => properties.alarms ?? [])).toHaveLength(alarms.length);
    const lines = widgets.flatMap(({ properties }) => properties.annotations?.horizontal ?? []);
    const expected = stack.alarms.flatMap(({ definitions }) =>
      definitions
        .filter(({ statistic }) => statistic !== 'SampleCount')
        .map(({ id, severity, threshold }) => ({ label: `${id} (${severity})`, value: threshold })),
    );
    const sorted = (list: typeof lines) => list.map((line) => JSON.stringify(line)).sort();
    expect(sorted(lines)).toEqual(sorted(expected));

    const cells = widgets.flatMap(({ x, y, width, height }) =>
      Array.from(
        { length: width * height },
        (_, cell) => `${x + (cell % width)},${y + Math.floor(cell / width)}`,
      ),
    );
    expect(new Set(cells).size, 'no two widgets overlap').toBe(cells.length);
    expect(Math.max(...widgets.map(({ x, width }) => x + width))).toBe(24);
    expect(widgets.find(({ properties }) => properties.title.startsWith('IOPS'))?.properties.metrics)
      .toMatchInlineSnapshot(`
        [
          [
            "AWS/RDS",
            "ReadIOPS",
            "DBInstanceIdentifier",
            "\${aws_db_instance.writer.identifier}",
            {
              "id": "m1",
              "stat": "Average",
            },
          ],
          [
            "AWS/RDS",
            "WriteIOPS",
            "DBInstanceIdentifier",
            "\${aws_db_instance.writer.identifier}",
            {
              "id": "m2",
              "stat": "Average",
            },
          ],
          [
            {
              "expression": "m1 + m2",
              "id": "total",
              "label": "Total",
            },
          ],
        ]
      `);
  });
});

test('tickets can go to a topic of their own, and tags reach the alarms', () => {
  const stack = new TerraformStack(Testing.app(), 'shop');
  const { alarms } = new DatabaseAlarms(stack, 'alarms', {
    instanceIdentifier: 'shop-1',
    definitions: alarmDefinitions(large),
    topicArn: 'arn:page',
    ticketTopicArn: 'arn:ticket',
    tags: { team: 'data' },
  });
  expect(alarms.get('database-connections')?.alarmActionsInput).toEqual(['arn:page']);
  expect(alarms.get('cpu-utilization')?.okActionsInput).toEqual(['arn:ticket']);
  expect(alarms.get('cpu-utilization')?.tagsInput).toEqual({ team: 'data', severity: 'ticket' });
  expect(alarms.get('cpu-utilization')?.alarmNameInput).toBe('shop-1-cpu-utilization');
});

test('an alarm on log lines without a log group is refused', () => {
  const stack = new TerraformStack(new App(), 'shop');
  const definitions = alarmDefinitions({ ...large, logExports: true });
  expect(
    () =>
      new DatabaseAlarms(stack, 'alarms', {
        instanceIdentifier: 'shop-1',
        definitions,
        topicArn: 'arn:page',
      }),
  ).toThrow(expect.objectContaining({ code: 'log-group-required' }));
});
