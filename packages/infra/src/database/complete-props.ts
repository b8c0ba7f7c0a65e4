import { nameFault, refuseFaults } from '../faults.ts';
import { logRetentionSettings } from '../log-retention.ts';
import { settingsFaults } from '../settings-faults.ts';
import { classFault } from './class-fault.ts';
import { type commonSettings, databaseSettings, type RestoreSettings } from './database-settings.ts';
import { defaultMaxConnections, maxConnectionsCeiling, maxConnectionsFault } from './max-connections.ts';
import type { PostgresInstanceProps } from './postgres-props.ts';
import { restoreFaults } from './restore.ts';
import { completeStorage, type Storage, storageFaults } from './storage.ts';
import { backupWindowFault, maintenanceWindowFault, windowsMeet } from './windows.ts';

export interface CompleteProps extends Required<Omit<PostgresInstanceProps, 'storage' | 'restore'>> {
  readonly storage: Storage;
  readonly restore: RestoreSettings | undefined;
}

/**
 * Fills in the defaults.
 *
 * @param region in which the classes have to be offered; undefined where it is not known
 * @throws UserError `invalid-settings`: RDS would refuse settings; the message lists them all.
 */
export function completeProps(given: PostgresInstanceProps, region: string | undefined): CompleteProps {
  const { instanceClass, replicas = 0, blueGreen = false } = given;
  const props: CompleteProps = {
    ...given,
    ...commonDefaults(given),
    majorVersion: given.majorVersion ?? 18,
    multiAz: given.multiAz ?? true,
    replicas,
    replicaInstanceClass: given.replicaInstanceClass ?? instanceClass,
    storage: completeStorage(given.storage),
    adminPassword: given.adminPassword ?? (replicas > 0 || blueGreen ? 'secrets-manager' : 'rds'),
    adminPasswordVersion: given.adminPasswordVersion ?? 1,
    maxConnections: given.maxConnections ?? defaultMaxConnections(instanceClass) ?? 0,
    autoMinorVersionUpgrade: given.autoMinorVersionUpgrade ?? true,
    blueGreen,
    restore: given.restore,
  };
  const place = { engine: 'postgres', region } as const;
  refuseFaults(`PostgresInstance "${props.name}"`, [
    ...settingsFaults(databaseSettings, given),
    ...commonFaults(props),
    ...storageFaults(props.storage),
    classFault('instanceClass', instanceClass, place),
    props.replicaInstanceClass !== instanceClass &&
      classFault('replicaInstanceClass', props.replicaInstanceClass, place),
    maxConnectionsFault(props.maxConnections, maxConnectionsCeiling(instanceClass), `${instanceClass} has`),
    props.replicas > 0 &&
      props.backupRetentionDays === 0 &&
      'replicas need backups: RDS starts a replica from one (set backupRetentionDays)',
    props.replicas > 0 &&
      props.adminPassword === 'rds' &&
      'adminPassword is "rds", which RDS refuses for the source of replicas: leave it out',
    ...blueGreenFaults(props),
    ...restoreFaults(props.restore),
  ]);
  return props;
}

/**
 * What blue/green updates do not go with. The replicas are Terraform's limit: it moves the one resource
 * (terraform-provider-aws #33702). The rest is RDS's:
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/blue-green-deployments-considerations.html
 */
function blueGreenFaults(props: CompleteProps): (string | false)[] {
  if (!props.blueGreen) return [];
  return [
    props.replicas > 0 &&
      `blueGreen would leave the ${props.replicas} replicas behind the old instance: set replicas to 0, or update without it`,
    props.backupRetentionDays === 0 && 'blueGreen needs backups (set backupRetentionDays)',
    props.adminPassword === 'rds' && 'adminPassword is "rds", which RDS refuses for blueGreen: leave it out',
  ];
}

/** Settings that mean the same for instances and clusters, and have the same defaults. */
type CommonSettings = keyof typeof commonSettings | 'backupRetentionDays' | 'logRetentionDays';

/** Those settings with their defaults filled in. */
export function commonDefaults(
  given: Pick<PostgresInstanceProps, CommonSettings>,
): Pick<CompleteProps, CommonSettings> {
  return {
    port: given.port ?? 15_432,
    adminUsername: given.adminUsername ?? 'dba',
    parameters: given.parameters ?? {},
    backupRetentionDays: given.backupRetentionDays ?? 14,
    backupWindow: given.backupWindow ?? '02:00-03:00',
    maintenanceWindow: given.maintenanceWindow ?? 'sun:03:30-sun:04:30',
    deletionProtection: given.deletionProtection ?? true,
    finalSnapshot: given.finalSnapshot ?? true,
    monitoringIntervalSeconds: given.monitoringIntervalSeconds ?? 60,
    insights: given.insights ?? 'standard',
    logRetentionDays: given.logRetentionDays ?? 365,
    caCertificate: given.caCertificate ?? 'rds-ca-rsa2048-g1',
    applyImmediately: given.applyImmediately ?? false,
  };
}

/** What is wrong with the place of an instance or a cluster, and with settings of both that do not go together. */
export function commonFaults(
  props: Pick<
    CompleteProps,
    'name' | 'databaseName' | 'backupWindow' | 'maintenanceWindow' | 'logRetentionDays'
  >,
): (string | false)[] {
  const { backupWindow, maintenanceWindow } = props;
  const areWindows =
    backupWindowFault(backupWindow) === undefined && maintenanceWindowFault(maintenanceWindow) === undefined;
  return [
    nameFault(props.name, 50),
    !/^[a-z][a-z0-9_]{0,62}$/.test(props.databaseName) &&
      `databaseName "${props.databaseName}" is not 1 to 63 of a-z, 0-9 and _, beginning with a letter`,
    areWindows &&
      windowsMeet(backupWindow, maintenanceWindow) &&
      `backupWindow (${backupWindow}) and maintenanceWindow (${maintenanceWindow}) meet, which RDS refuses`,
    ...settingsFaults(logRetentionSettings, props),
  ];
}
