import { randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { Client } from 'pg';
import { onTestFinished } from 'vitest';

export type PoolMode = 'session' | 'transaction' | 'statement';

interface PoolerOptions {
  mode: PoolMode;
  /** Tells clients the process id of a real session when they connect, as PgBouncer does not. */
  showsBackend?: boolean;
}

/**
 * A connection pooler on loopback that speaks PostgreSQL's protocol, in PgBouncer's three modes: a client has a session
 * of the server for as long as the mode says, and the one that was free last is given out first.
 *
 * @param url of the server
 * @returns the URL of the pooler
 */
export async function startPooler(
  url: string,
  { mode, showsBackend = false }: PoolerOptions,
): Promise<string> {
  const idle: Backend[] = [];
  const backends = new Set<Backend>();
  const sockets = new Set<Socket>();
  const acquire = async (): Promise<Backend> => {
    let backend = idle.pop();
    while (backend?.isGone) backend = idle.pop();
    if (backend !== undefined) return backend;
    const opened = await Backend.open(url);
    backends.add(opened);
    return opened;
  };
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket, { mode, showsBackend, acquire, release: (backend) => void idle.push(backend) });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const { stream } of backends) stream.destroy();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The pooler has no port.');
  return Object.assign(new URL(url), { host: `127.0.0.1:${address.port}` }).href;
}

/** A session of the server: opened and logged in by `pg`, then used as bytes. */
class Backend {
  readonly stream: Socket;
  readonly pid: number;
  isGone = false;
  onData: (data: Buffer) => void = () => {};
  onGone: () => void = () => {};

  private constructor(stream: Socket, pid: number) {
    this.stream = stream;
    this.pid = pid;
    stream.on('data', (data: Buffer) => this.onData(data));
    stream.on('close', () => {
      this.isGone = true;
      this.onGone();
    });
    stream.on('error', () => {});
  }

  static async open(url: string): Promise<Backend> {
    const client = new Client({ connectionString: url });
    client.on('error', () => {});
    await client.connect();
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
    stream.removeAllListeners();
    return new Backend(stream, Number(Reflect.get(client, 'processID')));
  }
}

interface Pool {
  mode: PoolMode;
  showsBackend: boolean;
  acquire: () => Promise<Backend>;
  release: (backend: Backend) => void;
}

function serve(socket: Socket, { mode, showsBackend, acquire, release }: Pool): void {
  let backend: Backend | undefined;
  let isStarted = false;
  let isInTransaction = false;
  let input: Buffer = Buffer.alloc(0);
  let work = Promise.resolve();

  const onOutput = (data: Buffer): void => {
    output = Buffer.concat([output, data]);
    for (let message = cut(output, 1); message !== undefined; message = cut(output, 1)) {
      output = output.subarray(message.length);
      socket.write(message);
      if (message[0] !== 'Z'.charCodeAt(0)) continue;
      isInTransaction = message[5] !== 'I'.charCodeAt(0);
      if (mode === 'statement' && isInTransaction) {
        socket.end(errorMessage('transaction blocks not allowed in statement pooling mode'));
        backend?.stream.destroy();
        return;
      }
      if (mode === 'session' || isInTransaction || backend === undefined) continue;
      release(backend);
      backend = undefined;
    }
  };
  let output: Buffer = Buffer.alloc(0);

  const start = async (): Promise<void> => {
    const length = input.readUInt32BE(0);
    const code = input.readUInt32BE(4);
    input = input.subarray(length);
    if (code === 80_877_103) return void socket.write('N');
    if (code === 80_877_102) return void socket.end();
    const key = randomBytes(8);
    if (showsBackend) {
      const first = await acquire();
      key.writeUInt32BE(first.pid);
      release(first);
    }
    socket.write(message('R', Buffer.alloc(4)));
    for (const [name, value] of [
      ['server_version', '18.0'],
      ['client_encoding', 'UTF8'],
      ['standard_conforming_strings', 'on'],
    ]) {
      socket.write(message('S', Buffer.from(`${name}\0${value}\0`)));
    }
    socket.write(message('K', key));
    socket.write(message('Z', Buffer.from('I')));
    isStarted = true;
  };

  const forward = async (sent: Buffer): Promise<void> => {
    if (sent[0] === 'X'.charCodeAt(0)) return void socket.end();
    if (backend === undefined) {
      backend = await acquire();
      output = Buffer.alloc(0);
      backend.onData = onOutput;
      backend.onGone = () => socket.destroy();
    }
    backend.stream.write(sent);
  };

  const read = async (): Promise<void> => {
    for (;;) {
      const next = cut(input, isStarted ? 1 : 0);
      if (next === undefined) return;
      if (isStarted) {
        input = input.subarray(next.length);
        await forward(next);
      } else await start();
    }
  };

  socket.on('data', (data) => {
    input = Buffer.concat([input, Buffer.from(data)]);
    work = work.then(read);
  });
  socket.on('close', () => {
    if (backend === undefined) return;
    // What the next client gets is whole: a session in session mode is closed, and one in a transaction, too.
    backend.stream.destroy();
  });
}

/** The first whole message of a buffer; `typeBytes` is 0 before the start of the session. */
function cut(buffer: Buffer, typeBytes: 0 | 1): Buffer | undefined {
  if (buffer.length < typeBytes + 4) return undefined;
  const length = typeBytes + buffer.readUInt32BE(typeBytes);
  return buffer.length < length ? undefined : buffer.subarray(0, length);
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

function errorMessage(text: string): Buffer {
  return message('E', Buffer.from(`SERROR\0VERROR\0C08P01\0M${text}\0\0`));
}
