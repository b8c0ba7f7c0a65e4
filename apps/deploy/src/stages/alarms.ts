import type { LocalEvaluation } from '@ecommerce-dms/alarms';
import { UserError } from '@ecommerce-dms/errors';
import type { LoadedEnvironment } from '../config/load-config.ts';
import { stage } from '../declare-stage.ts';
import type { StageContext } from '../stage.ts';

/** Evaluates the environment's alarms on the live servers. */
export const alarms = stage({
  name: 'alarms',
  help: 'evaluate the alarms against the live database',
  details: 'Exit code 3 while one is firing; up and deploy go on.',
  job: 'database',
  title: 'Evaluating the alarms',
  run: async (context) => {
    const { renderAlarms } = await import('@ecommerce-dms/alarms');
    const evaluation = await evaluateAlarms(context);
    const result = countAlarms(evaluation);
    const firing = result.firing.map(({ alarm, instance }) => `${alarm} on ${instance}`);
    const verdict = firing.length === 0 ? 'no alarm' : `ALARM: ${firing.join(', ')}`;
    const unknown = result.notEvaluable === 0 ? '' : `, ${result.notEvaluable} not evaluable in SQL`;
    return { summary: `${verdict}; ${result.ok} ok${unknown}`, result, text: renderAlarms(evaluation) };
  },
  render: ({ text }) => text,
  findings: ({ result: { firing } }) =>
    firing.length === 0 ? undefined : new UserError('alarms-firing', `${firing.length} alarms are firing.`),
});

/** The alarms that fire, and how many of the others there are. */
export type AlarmsResult = ReturnType<typeof countAlarms>;

/** The environment's alarms on the live servers, as they are now. */
export async function evaluateAlarms(context: StageContext): Promise<LocalEvaluation> {
  const { evaluateLocally } = await import('@ecommerce-dms/alarms');
  const { environmentSettings } = await import('@ecommerce-dms/infra/settings');
  const { alarmPlan } = await import('../aws/alarm-plan.ts');
  const { openDatabase } = await import('../database/open-database.ts');
  const { environment, signal } = context;
  const { monitors } = await openDatabase(context, 'read');
  const { aws } = environment.settings;
  const { database } = environmentSettings(aws.preset, aws);
  const plan = alarmPlan(database, {
    maxConnections: await maxConnections(monitors.writer, signal),
    worker: await isWorkerExpected(environment),
  });
  return await evaluateLocally({
    writerUrl: monitors.writer,
    readerUrls: monitors.readers,
    definitions: [...plan.writer, ...plan.replica],
    signal,
  });
}

/** Locally, from `dms up --worker` until `dms down`. */
async function isWorkerExpected(environment: LoadedEnvironment): Promise<boolean> {
  const { settings } = environment;
  if (settings.target === 'aws') return Object.keys(settings.worker).length > 0;
  const { localWorker } = await import('../local/local-worker.ts');
  return (await localWorker(environment)) !== undefined;
}

/** What the servers really have: a laptop's differ from the stack's, and an alarm's threshold follows from it. */
async function maxConnections(url: string, signal: AbortSignal): Promise<number | undefined> {
  const { withClient } = await import('../database/with-client.ts');
  const { rows } = await withClient(
    url,
    (client) => client.query<{ value: number }>("select current_setting('max_connections')::int as value"),
    signal,
  );
  return rows[0]?.value;
}

export function countAlarms({ alarms }: LocalEvaluation) {
  const count = (state: string): number => alarms.filter((alarm) => alarm.state === state).length;
  return {
    firing: alarms
      .filter(({ state }) => state === 'alarm')
      .map(({ definition, instance, value }) => ({
        alarm: definition.id,
        instance,
        value,
        threshold: definition.threshold,
      })),
    ok: count('ok'),
    insufficient: count('insufficient'),
    notEvaluable: count('not-evaluable'),
  };
}
