/** What `dms deploy` does, in order. */
export const deployStages = [
  'synth',
  'policy',
  'cost',
  'plan',
  'apply',
  'backup',
  'roles',
  'migrate',
  'seed',
  'validate',
  'alarms',
] as const;

export type DeployStage = (typeof deployStages)[number];
