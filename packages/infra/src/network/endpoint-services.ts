/** Services that private subnets can reach without leaving the VPC. */
export const endpointServices = [
  's3',
  'secretsmanager',
  'logs',
  'monitoring',
  'kms',
  'sts',
  'ssm',
  'ssmmessages',
  'ec2messages',
  'rds',
] as const;

export type EndpointService = (typeof endpointServices)[number];
