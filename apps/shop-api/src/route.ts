import type { ShopSession } from '@ecommerce-dms/entities';
import { createRoute, OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi';

/** What each request has. */
export interface Environment {
  Variables: { session: ShopSession };
}

export type Api = OpenAPIHono<Environment>;

const error = z.object({
  error: z.looseObject({ code: z.string(), message: z.string(), hint: z.string().optional() }),
});

const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

/** A body that a route needs. */
export const body = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true,
  content: { 'application/json': { schema } },
});

/** A route that answers 200 with `result`, or an error of the table in error-status.ts. */
export function route<
  Method extends RouteConfig['method'],
  Path extends string,
  Request extends NonNullable<RouteConfig['request']>,
  Result extends z.ZodType,
>(of: { method: Method; path: Path; summary: string; request: Request; result: Result }) {
  const { result, ...rest } = of;
  return createRoute({
    ...rest,
    responses: { 200: json(result, of.summary), default: json(error, 'An error: its code says what to do.') },
  });
}

export function newApi(): Api {
  return new OpenAPIHono<Environment>({
    defaultHook: (outcome, context) => {
      if (outcome.success) return undefined;
      const faults = outcome.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
      return context.json({ error: { code: 'invalid-input', message: faults.join('; ') } }, 400);
    },
  });
}
