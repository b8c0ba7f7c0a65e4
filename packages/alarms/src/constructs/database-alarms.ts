import { CloudwatchLogMetricFilter } from '@cdktf/provider-aws/lib/cloudwatch-log-metric-filter/index.js';
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js';
import { UserError } from '@ecommerce-dms/errors';
import { Construct } from 'constructs';
import type { AlarmDefinition, AlarmId } from '../alarm-definition.ts';
import { alarmDescription } from '../alarm-description.ts';
import { alarmMetric } from './alarm-metric.ts';
import { metricReferences } from './metric-references.ts';

/** What {@link DatabaseAlarms} watches, and whom it notifies. */
export interface DatabaseAlarmsConfig {
  /** The DB instance identifier, as text or as a reference such as `instance.identifier`. */
  readonly instanceIdentifier: string;
  /** Alarms of this instance, from `alarmDefinitions`. */
  readonly definitions: readonly AlarmDefinition[];
  /** SNS topic that is notified of ALARM and of OK. */
  readonly topicArn: string;
  /** SNS topic for definitions of severity `ticket`. Default: `topicArn`. */
  readonly ticketTopicArn?: string;
  /** Log group of the instance's PostgreSQL log; needed by definitions that count log lines (`deadlocks`, `worker-silent`). */
  readonly logGroupName?: string;
  /** Tags of the alarms; each also gets `severity`. */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * A CloudWatch alarm for each definition, on one DB instance, and metric filters for definitions that count log lines.
 * An alarm is named `<instance>-<alarm id>`, which is unique in an account and region, as instance identifiers are.
 *
 * @throws UserError `log-group-required`: a definition counts log lines, and there is no `logGroupName`
 * @example
 * ```ts
 * new DatabaseAlarms(stack, 'writer-alarms', {
 *   instanceIdentifier: instance.identifier,
 *   definitions, // of `alarmDefinitions`
 *   topicArn: topic.arn,
 * });
 * ```
 */
export class DatabaseAlarms extends Construct {
  readonly instanceIdentifier: string;
  readonly definitions: readonly AlarmDefinition[];
  /** The alarms by the id of their definition. */
  readonly alarms: ReadonlyMap<AlarmId, CloudwatchMetricAlarm>;
  /** The filters that count log lines, for the definitions that need them. */
  readonly logFilters: readonly CloudwatchLogMetricFilter[];

  constructor(scope: Construct, id: string, config: DatabaseAlarmsConfig) {
    super(scope, id);
    this.instanceIdentifier = config.instanceIdentifier;
    this.definitions = config.definitions;
    this.logFilters = config.definitions.flatMap((definition) => this.#logFilters(definition, config));
    this.alarms = new Map(
      config.definitions.map((definition) => [definition.id, this.#alarm(definition, config)]),
    );
  }

  #alarm(definition: AlarmDefinition, config: DatabaseAlarmsConfig): CloudwatchMetricAlarm {
    const { instanceIdentifier, topicArn, ticketTopicArn = topicArn } = config;
    const actions = [definition.severity === 'page' ? topicArn : ticketTopicArn];
    return new CloudwatchMetricAlarm(this, definition.id, {
      alarmName: `${instanceIdentifier}-${definition.id}`,
      alarmDescription: alarmDescription(definition),
      ...alarmMetric(definition, instanceIdentifier),
      comparisonOperator: definition.operator,
      threshold: definition.threshold,
      evaluationPeriods: definition.evaluationPeriods,
      datapointsToAlarm: definition.datapointsToAlarm,
      treatMissingData: definition.treatMissingData,
      alarmActions: actions,
      okActions: actions,
      tags: { ...config.tags, severity: definition.severity },
    });
  }

  #logFilters(definition: AlarmDefinition, config: DatabaseAlarmsConfig): CloudwatchLogMetricFilter[] {
    const { logPattern } = definition;
    const { instanceIdentifier, logGroupName } = config;
    if (logPattern === undefined) return [];
    if (logGroupName === undefined) {
      throw new UserError(
        'log-group-required',
        `The alarm ${definition.id} counts log lines, and there is no log group.`,
        { hint: 'Pass logGroupName, or derive the definitions without logExports.' },
      );
    }
    return metricReferences(definition, instanceIdentifier).map(
      ({ namespace, name }) =>
        new CloudwatchLogMetricFilter(this, `${definition.id}-filter`, {
          name: `${instanceIdentifier}-${definition.id}`,
          logGroupName,
          pattern: logPattern,
          metricTransformation: { namespace, name, value: '1' },
        }),
    );
  }
}
