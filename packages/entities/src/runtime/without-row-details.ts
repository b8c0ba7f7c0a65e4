import { DriverException } from '@mikro-orm/postgresql';

/**
 * Runs `operation`, and removes the row from a database error that it throws. PostgreSQL puts the whole row into the
 * detail of a constraint violation, and MikroORM puts that into message and stack: hashes included.
 */
export async function withoutRowDetails<Result>(operation: () => Promise<Result>): Promise<Result> {
  try {
    return await operation();
  } catch (error) {
    if (error instanceof DriverException && 'detail' in error && typeof error.detail === 'string') {
      const message = error.message.split('\n')[0] ?? '';
      const frames = error.stack?.split('\n').filter((line) => line.trimStart().startsWith('at ')) ?? [];
      Object.assign(error, {
        message,
        detail: undefined,
        stack: [`${error.name}: ${message}`, ...frames].join('\n'),
      });
    }
    throw error;
  }
}
