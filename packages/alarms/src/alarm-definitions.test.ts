import { classesOf } from '@ecommerce-dms/rds-classes';
import { describe, expect, test } from 'vitest';
import { withThreshold } from '../test/definitions.ts';
import { medium } from '../test/instances.ts';
import { type AlarmDefinition, type AlarmId, alarmIds } from './alarm-definition.ts';
import { alarmDefinitions } from './alarm-definitions.ts';
import { alarmDescription } from './alarm-description.ts';
import type { AlarmSettings } from './alarm-settings.ts';
import { reachabilityFaults } from './reachability.ts';
import { simulate } from './simulate.ts';
import { underivableAlarms } from './underivable-alarms.ts';

function without(ids: readonly AlarmId[]): AlarmSettings['overrides'] {
  return Object.fromEntries(ids.map((id) => [id, false]));
}

/** Every class, as writer and as replica, on the smallest and on a large volume of each type. */
const everySetting: AlarmSettings[] = classesOf().flatMap((instanceClass) =>
  [true, false].flatMap((replica) =>
    (
      [
        { storageType: 'gp2', allocatedStorageGib: 20 },
        { storageType: 'gp3', allocatedStorageGib: 20 },
        { storageType: 'gp3', allocatedStorageGib: 65_536, iops: 64_000, throughputMibps: 4000 },
        { storageType: 'io2', allocatedStorageGib: 500, iops: 1000 },
      ] as const
    ).map((volume) => ({
      instanceClass,
      maxConnections: 400,
      replica,
      logExports: !replica,
      worker: !replica,
      overrides: without(underivableAlarms(instanceClass)),
      ...volume,
    })),
  ),
);

describe('every alarm of every class', () => {
  const all = everySetting.flatMap(alarmDefinitions);

  test('occurs', () => {
    expect(new Set(all.map(({ id }) => id))).toEqual(new Set(alarmIds));
  });

  test('can fire and can clear', () => {
    expect(all.flatMap(reachabilityFaults)).toEqual([]);
  });

  test('has a description that fits into CloudWatch’s and lacks nothing', () => {
    const tooLong = all.filter((definition) => alarmDescription(definition).length > 1024);
    expect(tooLong.map(({ id }) => id)).toEqual([]);
    const empty = all.filter(({ title, why, derivation, source, runbook }) =>
      [title, why, derivation, source, runbook].some((text) => /^$|undefined|NaN/.test(text)),
    );
    expect(empty.map(({ id }) => id)).toEqual([]);
  });

  test('that pages needs more than one bad minute, unless its value cannot jump', () => {
    const hasty = all.filter(
      ({ severity, datapointsToAlarm }) => severity === 'page' && datapointsToAlarm < 3,
    );
    expect(new Set(hasty.map(({ id }) => id))).toEqual(new Set(['transaction-ids-critical']));
  });

  test('appears once', () => {
    for (const settings of everySetting) {
      const ids = alarmDefinitions(settings).map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });
});

test('thresholds follow from class, storage and settings', () => {
  const thresholds = (settings: AlarmSettings) =>
    Object.fromEntries(alarmDefinitions(settings).map(({ id, threshold }) => [id, threshold]));
  expect(thresholds(medium)).toMatchObject({
    'db-load': 2,
    'cpu-credit-balance': 57.6,
    'freeable-memory': Math.round(0.1 * 4 * 2 ** 30),
    'database-connections': 180,
    'free-storage-critical': 10 * 2 ** 30,
    iops: 1800,
    // 90 % of the 43.375 MB/s of the class.
    throughput: 39_037_500,
  });
  const large = thresholds({ ...medium, instanceClass: 'db.r7g.4xlarge', allocatedStorageGib: 1000 });
  expect(large).toMatchObject({ 'db-load': 16, iops: 10_800, throughput: Math.round(0.9 * 500 * 2 ** 20) });
  expect(large).not.toHaveProperty('cpu-credit-balance');
  expect(large).toHaveProperty('ebs-io-balance');
  expect(thresholds({ ...medium, instanceClass: 'db.m6g.4xlarge' })).not.toHaveProperty('ebs-io-balance');
});

test('a replica has lag alarms and none of the writer’s', () => {
  const ids = alarmDefinitions({ ...medium, replica: true }).map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining(['replica-lag', 'replication-stopped', 'db-load']));
  expect(ids).not.toContain('transaction-ids');
});

test('replication that is not active (-1) fires, although the lag alarm sees no lag', () => {
  const [lag, stopped] = ['replica-lag', 'replication-stopped'].map((id) =>
    alarmDefinitions({ ...medium, replica: true }).find((definition) => definition.id === id),
  ) as [AlarmDefinition, AlarmDefinition];
  const series = Array<number>(15).fill(-1);
  expect(simulate(lag, series).states.at(-1)).toBe('OK');
  expect(simulate(stopped, series).states.at(-1)).toBe('ALARM');
});

test('an outage is one page, not one for each alarm', () => {
  const silent = alarmDefinitions(medium).filter((definition) => {
    const healthy = definition.operator.startsWith('Greater')
      ? definition.range.min
      : (definition.range.max ?? 0);
    return (
      simulate(definition, [...Array<number>(50).fill(healthy), ...Array<null>(50).fill(null)]).states.at(
        -1,
      ) === 'ALARM'
    );
  });
  expect(silent.map(({ id }) => id)).toEqual(['instance-not-reporting']);
});

describe('overrides', () => {
  test('change or leave out one alarm and keep the rest', () => {
    const changed = alarmDefinitions({
      ...medium,
      overrides: { 'cpu-utilization': { threshold: 80, severity: 'page' }, 'swap-usage': false },
    });
    const cpu = changed.find(({ id }) => id === 'cpu-utilization');
    expect(cpu).toMatchObject({ threshold: 80, severity: 'page', evaluationPeriods: 15 });
    expect(cpu?.derivation).toMatch(/^Set to 80 for this environment; 90 by default: /);
    const rest = (definitions: AlarmDefinition[]) =>
      definitions.filter(({ id }) => id !== 'cpu-utilization' && id !== 'swap-usage');
    expect(rest(changed)).toEqual(rest(alarmDefinitions(medium)));
    expect(changed).toHaveLength(alarmDefinitions(medium).length - 1);
  });

  test('of an alarm that this instance does not have are no fault', () => {
    expect(alarmDefinitions({ ...medium, overrides: { 'replica-lag': { threshold: 5 } } })).toEqual(
      alarmDefinitions(medium),
    );
  });
});

describe('faults are told all at once', () => {
  const messageOf = (settings: unknown): string => {
    try {
      alarmDefinitions(settings as AlarmSettings);
    } catch (error) {
      expect(error).toMatchObject({ code: 'invalid-settings', exitCode: 2 });
      return String(error);
    }
    return '';
  };

  test('of the instance and of the names of overrides', () => {
    const message = messageOf({
      instanceClass: 'db.m7g.lrage',
      allocatedStorageGib: 5,
      maxConnections: '200',
      multiAZ: true,
      replica: 'yes',
      storageType: 'gp3',
      iops: 5000,
      throughputMibps: 1,
      overrides: { cpu: false, memory: {}, 'replica-lag': { treshold: 1 }, iops: 5 },
    });
    for (const part of [
      /instanceClass "db\.m7g\.lrage" does not exist .*; use one with a similar name: db\.m7g\.large\./,
      /allocatedStorageGib is 5; .* 20 to 65536/,
      /maxConnections is "200"/,
      /Unknown setting: multiAZ/,
      /replica must be true or false/,
      /iops cannot be set/,
      /throughputMibps is 1;/,
      /Unknown alarm id in overrides: cpu, memory\. Known: instance-not-reporting/,
      /Unknown setting in overrides\['replica-lag'\]: treshold/,
      /overrides\['iops'\] must be false, or an object/,
    ]) {
      expect(message).toMatch(part);
    }
  });

  test('of figures that no source tells, until the alarms that need them are left out', () => {
    const x2g: AlarmSettings = { ...medium, instanceClass: 'db.x2g.large' };
    expect(messageOf(x2g)).toMatch(
      /"db\.x2g\.large": no source has the figures that disk-queue-depth, iops, .*ebs-byte-balance follow/,
    );
    const definitions = alarmDefinitions({ ...x2g, overrides: without(underivableAlarms('db.x2g.large')) });
    expect(definitions.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['db-load', 'freeable-memory', 'read-latency']),
    );
    expect(messageOf({ ...medium, instanceClass: 'db.serverless' })).toMatch(/db-load, freeable-memory/);
  });

  test('of the values of overrides', () => {
    const message = messageOf({
      ...medium,
      overrides: {
        unknown: false,
        'transaction-ids-critical': { threshold: 2 ** 31 },
        'free-storage-low': { threshold: 101 * 2 ** 30 },
        'database-connections': { datapointsToAlarm: 6 },
        'checkpoint-lag': { evaluationPeriods: 1441, datapointsToAlarm: 1 },
        'db-load': { periodSeconds: 10, treatMissingData: 'maybe', severity: 'sms' },
        'cpu-utilization': { threshold: Number.NaN },
      },
    });
    for (const part of [
      /Unknown alarm id in overrides: unknown/,
      /transaction-ids-critical: it can never fire: MaximumUsedTransactionIDs is 0 to 2144483647/,
      /free-storage-low: it can never clear/,
      /database-connections: datapointsToAlarm 6 must be a whole number from 1 to evaluationPeriods, 5/,
      /checkpoint-lag: evaluationPeriods x periodSeconds is more than 1 day/,
      /db-load: periodSeconds 10 must be a multiple of 60/,
      /db-load: treatMissingData maybe/,
      /db-load: severity sms/,
      /cpu-utilization: threshold NaN/,
    ]) {
      expect(message).toMatch(part);
    }
  });
});

test('an alarm on more connections than there can be, or on the last transaction id, has a fault', () => {
  const definitions = alarmDefinitions(medium);
  const faults = (id: AlarmId, threshold: number) =>
    withThreshold(definitions, id, threshold).flatMap(reachabilityFaults);
  expect(faults('transaction-ids', 2_144_483_646)).toEqual([]);
  expect(faults('transaction-ids', 2_144_483_647)).toHaveLength(1);
  expect(faults('database-connections', 200)).toHaveLength(1);
  expect(faults('cpu-utilization', -1)).toHaveLength(1);
});
