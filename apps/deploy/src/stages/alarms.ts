import { evaluateLocally, type LocalEvaluation, renderAlarms } from '@ecommerce-dms/alarms';
import { environmentSettings } from '@ecommerce-dms/infra/settings';
import { alarmPlan } from '../aws/alarm-plan.ts';
import { openDatabase } from '../database/open-database.ts';
import { withClient } from '../database/with-client.ts';
import type { StageContext, StageOutcome } from '../stage.ts';

export interface AlarmsResult {
  firing: { alarm: string; instance: string; value: number | null; threshold: number }[];
  ok: number;
  insufficient: number;
  notEvaluable: number;
}

/** Evaluates the environment's alarms on the live servers. */
export async function evaluateAlarms(
  context: StageContext,
): Promise<StageOutcome<AlarmsResult> & { text: string }> {
  const { environment, signal } = context;
  const { monitors } = await openDatabase(context, 'look');
  const { aws } = environment.settings;
  const { database } = environmentSettings(aws.preset, aws);
  const plan = alarmPlan(database, await maxConnections(monitors.writer, signal));
  const evaluation = await evaluateLocally({
    writerUrl: monitors.writer,
    readerUrls: monitors.readers,
    definitions: [...plan.writer, ...plan.replica],
    signal,
  });
  const result = resultOf(evaluation);
  const firing = result.firing.map(({ alarm, instance }) => `${alarm} on ${instance}`);
  const verdict = firing.length === 0 ? 'no alarm' : `ALARM: ${firing.join(', ')}`;
  const unknown = result.notEvaluable === 0 ? '' : `, ${result.notEvaluable} not evaluable in SQL`;
  return { summary: `${verdict}; ${result.ok} ok${unknown}`, result, text: renderAlarms(evaluation) };
}

/** What the servers really have: a laptop's differ from the stack's, and an alarm's threshold follows from it. */
async function maxConnections(url: string, signal: AbortSignal): Promise<number | undefined> {
  const { rows } = await withClient(
    url,
    (client) => client.query<{ value: number }>("select current_setting('max_connections')::int as value"),
    signal,
  );
  return rows[0]?.value;
}

function resultOf({ alarms }: LocalEvaluation): AlarmsResult {
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
