export { rdsRegions, rdsRegionsAsOf } from './rds-regions.ts';
export { regionFault } from './region-fault.ts';
