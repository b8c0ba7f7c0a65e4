import { createHash, timingSafeEqual } from 'node:crypto';
import { jsonForm, type Shop } from '@ecommerce-dms/entities';
import { isUserError, UserError } from '@ecommerce-dms/errors';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { getCookie, setCookie } from 'hono/cookie';
import { createMiddleware } from 'hono/factory';
import { HTTPException } from 'hono/http-exception';
import { errorStatus } from './error-status.ts';
import { type Api, type Environment, newApi } from './route.ts';
import { admin } from './routes/admin.ts';
import { afterSale } from './routes/after-sale.ts';
import { storefront } from './routes/storefront.ts';

/** The cookie by which a client reads what it wrote, whichever server answers. */
const positionCookie = 'shop_position';

const digest = (text: string) => createHash('sha256').update(text).digest();

/** The HTTP API of a shop. */
export function createApi(shop: Shop, { adminToken }: { adminToken: string }): Api {
  const api = newApi();
  api.onError(answerError);
  api.notFound((context) =>
    context.json({ error: { code: 'not-found', message: 'There is no such route.' } }, 404),
  );
  api.use(bodyLimit({ maxSize: 1_000_000 }));
  api.get('/healthz', (context) => context.json({ ok: true }));

  // The signature is of the bytes: no parser before it.
  api.post('/webhooks/stripe', async (context) => {
    const delivery = { body: await context.req.text(), headers: context.req.header() };
    await shop.payments.handleWebhook(delivery);
    return context.json({ received: true });
  });

  api.use('/admin/*', async (context, next) => {
    const given = context.req.header('authorization') ?? '';
    if (!timingSafeEqual(digest(given), digest(`Bearer ${adminToken}`)))
      throw new HTTPException(401, { message: 'The token is missing or wrong.' });
    await next();
  });
  const withSession = (actor?: string) =>
    createMiddleware<Environment>(async (context, next) => {
      const session = sessionOf(shop, context, actor);
      context.set('session', session);
      await next();
      // After a failure of the server the client repeats its request, and gets the position then.
      if (context.req.method === 'GET' || context.res.status >= 500) return;
      const position = await session.position();
      if (position !== undefined) {
        setCookie(context, positionCookie, position, { httpOnly: true, sameSite: 'Lax', path: '/' });
      }
    });
  api.use('/admin/*', withSession('admin'));
  for (const path of ['/products/*', '/carts/*', '/orders/*']) api.use(path, withSession());
  api.route('/admin', admin);
  api.route('/admin', afterSale);
  api.route('/', storefront);
  api.doc31('/openapi.json', { openapi: '3.1.0', info: { title: 'Shop', version: '1.0.0' } });
  return api;
}

function sessionOf(shop: Shop, context: Context, actor: string | undefined) {
  const { signal } = context.req.raw;
  try {
    return shop.session({ after: getCookie(context, positionCookie), actor, signal });
  } catch (error) {
    // What a client has made of its cookie is not worth an error.
    if (!isUserError(error) || error.code !== 'invalid-lsn') throw error;
    return shop.session({ actor, signal });
  }
}

function answerError(error: Error, context: Context): Response {
  if (error instanceof HTTPException) {
    const { status, message } = error;
    return context.json({ error: { code: `http-${status}`, message } }, status);
  }
  // Nobody waits for the answer.
  if (context.req.raw.signal.aborted) return context.body(null, 400);
  if (!(error instanceof UserError)) {
    console.error(error);
    return context.json({ error: { code: 'internal', message: 'The server has a defect.' } }, 500);
  }
  const status = errorStatus(error);
  if (status >= 500) console.error(`${error.code}: ${error.message}`);
  if (status === 503) context.header('retry-after', '1');
  // What the client shows: the new quote, the lines that are out of stock.
  const { quote, lines } = error as { quote?: unknown; lines?: unknown };
  const details = jsonForm({ quote, lines });
  return context.json({ error: { ...(jsonForm(error) as object), ...(details as object) } }, status);
}
