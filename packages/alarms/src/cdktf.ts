export { DatabaseAlarms, type DatabaseAlarmsConfig } from './constructs/database-alarms.ts';
export { DatabaseDashboard, type DatabaseDashboardConfig } from './constructs/database-dashboard.ts';
