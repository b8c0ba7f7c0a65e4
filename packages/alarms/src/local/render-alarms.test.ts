import { expect, test } from 'vitest';
import { medium } from '../../test/instances.ts';
import { alarmDefinitions } from '../alarm-definitions.ts';
import type { AlarmId } from '../alarm-definition.ts';
import type { LocalAlarm, LocalState } from './evaluate-locally.ts';
import { renderAlarms } from './render-alarms.ts';

const definitions = alarmDefinitions(medium);

function row(id: AlarmId, state: LocalState, value: number | null, reason = ''): LocalAlarm[] {
  return definitions
    .filter((definition) => definition.id === id)
    .map((definition) => ({ definition, instance: 'writer', state, value, reason }));
}

test('what needs attention comes first, and with it what to do', () => {
  const alarms = [
    ...row('free-storage-low', 'ok', 75.5 * 2 ** 30),
    ...row('cpu-utilization', 'not-evaluable', null, 'not known'),
    ...row('checkpoint-lag', 'insufficient', null, 'connect ECONNREFUSED 127.0.0.1:1'),
    ...row('database-connections', 'alarm', 187),
  ];
  expect(renderAlarms({ alarms, unreachable: [] })).toMatchInlineSnapshot(`
    "state          instance  alarm                 value     threshold  note
    ALARM (page)   writer    database-connections  187       > 180
    insufficient   writer    checkpoint-lag        -         > 900 s    connect ECONNREFUSED 127.0.0.1:1
    ok             writer    free-storage-low      75.5 GiB  < 20 GiB
    not evaluable  writer    cpu-utilization       -         > 90 %     not known

    database-connections on writer: Connections nearly exhausted. Group pg_stat_activity by application_name and state. Many 'idle': a pool that is too large, or a leak; many 'idle in transaction': end them with pg_terminate_backend(). Then use a pool (RDS Proxy), or raise max_connections if memory allows."
  `);
});
