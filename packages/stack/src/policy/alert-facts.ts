import type { Json } from '../model/stack-json.ts';
import {
  blocks,
  list,
  number,
  object,
  type StackModel,
  type StackResource,
  text,
} from '../model/stack-model.ts';

export const alarmTypes = ['aws_cloudwatch_metric_alarm', 'aws_cloudwatch_composite_alarm'] as const;
export const alertTypes = [...alarmTypes, 'aws_db_event_subscription', 'aws_budgets_budget'] as const;
const topic = 'aws_sns_topic';

/** Where an alarm, a subscription to RDS's events or a budget sends its alerts: ARNs, or expressions. */
export function receiversOf({ type, config }: StackResource): readonly Json[] {
  if (type === 'aws_db_event_subscription') return list(config['sns_topic']);
  if (type !== 'aws_budgets_budget') return list(config['alarm_actions']);
  return blocks(config['notification']).flatMap((one) => list(one['subscriber_sns_topic_arns']));
}

/** The topics of the stack that alerts are sent to. */
export function alertTopics(stack: StackModel): StackResource[] {
  const named = stack
    .ofType(...alertTypes)
    .flatMap(receiversOf)
    .map((receiver) => stack.target(receiver, topic)?.address);
  return stack.ofType(topic).filter(({ address }) => named.includes(address));
}

/**
 * Whether the stack itself subscribes somebody to everything that a topic is sent.
 *
 * @param arn of the topic, as an ARN or an expression
 */
export function isSubscribed(arn: Json, stack: StackModel): boolean {
  const address = stack.target(arn, topic)?.address;
  return stack.ofType('aws_sns_topic_subscription').some((subscription) => {
    const { topic_arn: of, filter_policy: filter } = subscription.config;
    const isOfTopic = address === undefined ? of === arn : stack.target(of, topic)?.address === address;
    // By default a filter looks at attributes, which alarms do not have.
    return isOfTopic && (filter ?? '') === '' && isMade(subscription);
  });
}

/** Whether its `count` or `for_each` makes at least one; false where that is not literal. */
function isMade({ config }: StackResource): boolean {
  const { count, for_each: forEach } = config;
  const members = Array.isArray(forEach) ? forEach : Object.keys(object(forEach) ?? {});
  return (count === undefined || (number(count) ?? 0) > 0) && (forEach === undefined || members.length > 0);
}

/** Whether a receiver is a topic that is not in the stack, or an expression that may be one. */
export function isOutside(receiver: Json, stack: StackModel): boolean {
  const arn = text(receiver) ?? '';
  return stack.target(receiver) === undefined && (arn.includes('${') || serviceOf(arn) === 'sns');
}

/** Whether a receiver lies in the region of an alarm, which can act in no other; true where either is not known. */
export function isInRegionOf(alarm: StackResource, receiver: Json, stack: StackModel): boolean {
  const target = stack.target(receiver);
  const region = target === undefined ? (text(receiver) ?? '').split(':')[3] : stack.regionOf(target);
  const own = stack.regionOf(alarm);
  const areKnown = region !== undefined && region !== '' && own !== undefined;
  return !areKnown || region.includes('${') || region === own;
}

/** `arn:aws:sns:eu-west-1:123456789012:alerts` is of `sns`. */
function serviceOf(arn: string): string | undefined {
  return /^arn:[\w-]+:([\w-]+):/.exec(arn)?.[1];
}
