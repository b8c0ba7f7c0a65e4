import { type EventHandler, jsonForm, runWorker, type WorkerEvent } from '@ecommerce-dms/entities';
import { checkDatabaseUrl, isUserError, UserError } from '@ecommerce-dms/errors';
import type { LoadedEnvironment } from '../config/load-config.ts';
import { openLocalDatabase } from '../local/local-database.ts';
import { detachment } from '../local/local-worker.ts';
import { type CommonOptions, runContext } from '../run/run-context.ts';
import { keepSecret } from '../secrets.ts';
import { toJson } from '../to-json.ts';
import { noDelivery } from './no-delivery.ts';

interface WorkerFlags extends CommonOptions {
  port?: number;
  host?: string;
  /** Of `dms up --worker`: it ends when the environment does not name it. */
  attached?: boolean;
}

/** `dms worker`: relays the outbox and maintains the shop until it is interrupted. */
export async function worker(options: WorkerFlags): Promise<void> {
  const { environment, signal } = await runContext(options);
  const settings = environment.settings.worker;
  const { app: url, owner: ownerUrl } = await workerUrls(environment);
  const write = (event: WorkerEvent): void => {
    const line = options.json === true ? toJson({ at: new Date(), ...shown(event) }, 0) : lineOf(event);
    if (line !== undefined) process.stdout.write(`${line}\n`);
  };
  if (settings.deliver === undefined) {
    console.error(noDelivery);
  }
  const ending =
    options.attached === true ? AbortSignal.any([signal, detachment(environment, signal)]) : signal;
  await runWorker({
    ...settings,
    deliver: settings.deliver as EventHandler | undefined,
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.host === undefined ? {} : { host: options.host }),
    url,
    ownerUrl,
    signal: ending,
    onEvent: write,
  });
}

/** On AWS, IAM tokens end after 15 minutes: a worker needs a URL with a password. */
async function workerUrls(
  environment: LoadedEnvironment,
): Promise<{ app: string; owner: string | undefined }> {
  if (environment.settings.target === 'local') {
    const { app, migrator } = await openLocalDatabase(environment);
    return { app, owner: migrator };
  }
  const app = process.env.DATABASE_URL ?? '';
  const owner = process.env.DATABASE_OWNER_URL ?? '';
  if (app === '') {
    throw new UserError('database-url-required', "DATABASE_URL is not set: the worker's database.", {
      hint: 'Set DATABASE_URL to the writer as shop_app, with a password and sslmode=verify-full, and DATABASE_OWNER_URL to the same as shop_migrator.',
    });
  }
  checkDatabaseUrl(app, 'DATABASE_URL');
  if (owner !== '') checkDatabaseUrl(owner, 'DATABASE_OWNER_URL');
  for (const url of [app, owner]) if (url !== '') keepSecret(url);
  return { app, owner: owner === '' ? undefined : owner };
}

function shown(event: WorkerEvent): object {
  switch (event.type) {
    case 'interrupted':
      return { ...event, error: textOf(event.error) };
    case 'maintained':
      return {
        ...event,
        runs: event.runs.map((run) => ({ ...run, error: run.error && textOf(run.error) })),
      };
    case 'set-aside':
      return { ...event, event: jsonForm(event.event) };
    default:
      return event;
  }
}

/** For people; undefined where there is nothing to tell. */
function lineOf(event: WorkerEvent): string | undefined {
  const at = new Date().toISOString();
  switch (event.type) {
    case 'listening':
      return `${at} health on port ${event.port}: /healthz, /readyz`;
    case 'leading':
      return `${at} leads`;
    case 'standby':
      return `${at} stands by: another worker leads`;
    case 'interrupted':
      return `${at} interrupted: ${textOf(event.error)}`;
    case 'set-aside':
      return `${at} event ${event.event.id} (${event.event.topic}) was set aside: ${event.event.lastError}`;
    case 'stopped':
      return `${at} stopped${event.isClean ? '' : ', and cut off what was under way'}`;
    case 'relayed': {
      const { published, failed } = event.batch;
      return `${at} published ${published}${failed === 0 ? '' : `, ${failed} failed`}`;
    }
    case 'maintained': {
      const told = event.runs.filter(({ affected, error }) => affected > 0 || error !== undefined);
      if (told.length === 0) return undefined;
      const texts = told.map(({ task, affected, error }) =>
        error === undefined ? `${task} ${affected}` : `${task} failed: ${textOf(error)}`,
      );
      return `${at} maintained: ${texts.join(', ')}`;
    }
  }
}

function textOf(error: unknown): string {
  if (isUserError(error)) return `${error.message} ${error.hint ?? ''}`.trim();
  if (error instanceof AggregateError && error.message === '') return error.errors.map(textOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
