export {
  type DatabaseIdentity,
  type SnapshotOptions,
  type TakenSnapshot,
  takeSnapshot,
} from './take-snapshot.ts';
