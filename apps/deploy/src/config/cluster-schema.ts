import { z } from 'zod';

/** What an instance and a cluster mean the same by. */
export const clusterAndInstance = {
  majorVersion: z.int().optional(),
  port: z.int().min(1150).max(65_535).optional(),
  maxConnections: z.int().min(6).optional(),
  parameters: z.record(z.string(), z.string()).optional(),
  backupRetentionDays: z.int().min(1).max(35).optional(),
  backupWindow: z.string().optional(),
  maintenanceWindow: z.string().optional(),
  deletionProtection: z.boolean().optional(),
  finalSnapshot: z.boolean().optional(),
  monitoringIntervalSeconds: z.int().optional(),
  insights: z.enum(['standard', 'advanced']).optional(),
};

/** A cluster in place of the instance; what is left out here is as in `database`. */
export const cluster = z.discriminatedUnion('mode', [
  z.strictObject({
    mode: z.literal('multi-az'),
    instanceClass: z.string(),
    storage: z
      .strictObject({
        type: z.enum(['gp3', 'io1', 'io2']).optional(),
        allocatedGiB: z.int().optional(),
        iops: z.int().optional(),
      })
      .optional(),
    ...clusterAndInstance,
  }),
  z.strictObject({
    mode: z.literal('aurora'),
    instanceClass: z.string().optional(),
    serverless: z
      .strictObject({ minAcu: z.number(), maxAcu: z.number(), pauseAfterSeconds: z.int().optional() })
      .optional(),
    readers: z.int().min(0).max(15).optional(),
    readerScaling: z
      .strictObject({
        maxReaders: z.int(),
        metric: z.enum(['cpu', 'connections']).optional(),
        target: z.number().optional(),
      })
      .optional(),
    storageType: z.enum(['aurora', 'aurora-iopt1']).optional(),
    autoMinorVersionUpgrade: z.boolean().optional(),
    ...clusterAndInstance,
  }),
]);

/** RDS Proxy. */
export const proxy = z.strictObject({
  users: z.array(z.enum(['migrator', 'app', 'readonly'])).optional(),
  passwordVersion: z.int().min(1).optional(),
  maxConnectionsPercent: z.int().optional(),
  maxIdleConnectionsPercent: z.int().optional(),
  borrowTimeoutSeconds: z.int().optional(),
  idleClientTimeoutSeconds: z.int().optional(),
});
