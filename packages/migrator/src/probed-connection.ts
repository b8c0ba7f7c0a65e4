/** Options of `pg` by which the operating system asks, after 30 s without an answer, whether the server is still there. */
export const probed = { keepAlive: true, keepAliveInitialDelayMillis: 30_000 };
