export type { Architecture, Engine, TableSource } from './class-table.ts';
export type { CpuCredits } from './documented-figures.ts';
export { type EngineVersions, engineVersions } from './engine-versions.ts';
export { type EbsPerformance, type InstanceClass, instanceClass } from './instance-class.ts';
export { classesOf, type Place, regions } from './offers.ts';
export { instanceClassFault, requireInstanceClass } from './require-instance-class.ts';
export { regionFault } from './region-fault.ts';
export { tableSources } from './table-sources.ts';
