import { serverlessClass } from '@ecommerce-dms/rds-classes';
import { classFault } from '../database/class-fault.ts';
import {
  connectionsCeiling,
  defaultMaxConnections,
  maxConnectionsCeiling,
  maxConnectionsFault,
} from '../database/max-connections.ts';
import { isWholeBetween } from '../faults.ts';
import type { AuroraSettings, ServerlessSettings } from './cluster-settings.ts';

/** How much of Aurora there is, with defaults filled in. */
export interface AuroraCapacity {
  /** `db.serverless` for Serverless v2. */
  readonly instanceClass: string;
  readonly readers: number;
  readonly readerScaling:
    | { readonly maxReaders: number; readonly metric: 'cpu' | 'connections'; readonly target: number }
    | undefined;
  /** undefined: as Aurora derives it from the greatest capacity of Serverless v2. */
  readonly maxConnections: number | undefined;
}

/** An ACU has about 2 GiB. */
const memoryPerAcuGib = 2;
/** Aurora holds max_connections of clusters that can shrink to less than 1 ACU below this. */
const smallServerlessConnections = 2000;
const maxAuroraReaders = 15;

export function completeAurora(given: AuroraSettings): AuroraCapacity {
  const { serverless, readerScaling } = given;
  const instanceClass = given.instanceClass ?? (serverless === undefined ? '' : serverlessClass);
  const maxConnections =
    given.maxConnections ??
    (serverless === undefined ? (defaultMaxConnections(instanceClass) ?? 0) : undefined);
  const metric = readerScaling?.metric ?? 'cpu';
  const usualTarget =
    metric === 'cpu' ? 60 : Math.floor(0.7 * (maxConnections ?? serverlessConnections(serverless)));
  return {
    instanceClass,
    readers: given.readers ?? 1,
    readerScaling: readerScaling && {
      maxReaders: readerScaling.maxReaders,
      metric,
      target: readerScaling.target ?? usualTarget,
    },
    maxConnections,
  };
}

/**
 * What Aurora sets max_connections of Serverless v2 to: by the memory of the greatest capacity, and less for one that
 * can shrink to half an ACU or pause.
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html
 */
export function serverlessConnections(serverless: ServerlessSettings | undefined): number {
  if (serverless === undefined) return 0;
  const { minAcu, maxAcu } = serverless;
  const ceiling = connectionsCeiling(maxAcu * memoryPerAcuGib);
  return minAcu < 1 ? Math.min(smallServerlessConnections, ceiling) : ceiling;
}

/** @param region in which the class has to be offered; undefined where it is not known */
export function auroraFaults(
  props: AuroraCapacity & Pick<AuroraSettings, 'serverless'>,
  region: string | undefined,
): (string | false)[] {
  const { readers, readerScaling } = props;
  return [
    ...(props.serverless === undefined ? classFaults(props) : serverlessFaults(props, props.serverless)),
    props.instanceClass !== '' &&
      classFault('instanceClass', props.instanceClass, { engine: 'aurora-postgresql', region }),
    readerScaling !== undefined &&
      readers < 1 &&
      'readerScaling measures readers and there is none (set readers to 1 or more)',
    readerScaling !== undefined &&
      !isWholeBetween(readerScaling.maxReaders, readers + 1, maxAuroraReaders) &&
      `readerScaling.maxReaders is ${readerScaling.maxReaders}; more than readers (${readers}) and at most ${maxAuroraReaders} is needed`,
    readerScaling !== undefined &&
      !(readerScaling.target > 0 && (readerScaling.metric !== 'cpu' || readerScaling.target <= 100)) &&
      `readerScaling.target is ${readerScaling.target}; ${readerScaling.metric === 'cpu' ? 'a percentage above 0' : 'a number above 0'} is needed`,
  ];
}

function classFaults({ instanceClass, maxConnections }: AuroraCapacity): (string | false)[] {
  return [
    instanceClass === '' && 'either instanceClass or serverless is needed',
    instanceClass === serverlessClass &&
      `instanceClass "${serverlessClass}" needs its capacity: set serverless`,
    maxConnectionsFault(maxConnections ?? 0, maxConnectionsCeiling(instanceClass), `${instanceClass} has`),
  ];
}

function serverlessFaults(
  { instanceClass, maxConnections }: AuroraCapacity,
  { minAcu, maxAcu, pauseAfterSeconds }: ServerlessSettings,
): (string | false)[] {
  return [
    instanceClass !== serverlessClass &&
      `instanceClass "${instanceClass}" and serverless exclude each other: leave one of them out`,
    maxConnections !== undefined &&
      maxConnectionsFault(maxConnections, connectionsCeiling(maxAcu * memoryPerAcuGib), `${maxAcu} ACU have`),
    minAcu > maxAcu && `serverless.minAcu (${minAcu}) is above serverless.maxAcu (${maxAcu})`,
    pauseAfterSeconds !== undefined &&
      minAcu !== 0 &&
      `serverless.pauseAfterSeconds has a meaning with minAcu 0 alone (it is ${minAcu})`,
  ];
}
