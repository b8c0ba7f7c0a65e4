import type { DatabaseSite } from '../database/postgres-props.ts';
import type { AuroraSettings, MultiAzSettings } from './cluster-settings.ts';

export type MultiAzClusterProps = DatabaseSite & MultiAzSettings;
export type AuroraClusterProps = DatabaseSite & AuroraSettings;
export type PostgresClusterProps = MultiAzClusterProps | AuroraClusterProps;
