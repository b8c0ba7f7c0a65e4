import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { UserError } from '@ecommerce-dms/errors';
import { Client, type ClientConfig } from 'pg';
import { type Frame, firstField, FrameReader, queryMessage, sqlOf } from './wire-frames.ts';

/** A request of a client of the proxy, and the backend that answers it. */
export interface Exchange {
  /** Its text; of the extended protocol, that of its Parse message. */
  sql: string;
  /** The number of the session, in the order of connecting, from 0. */
  session: number;
  /** The process of the server. */
  pid: number;
  /** The last message of the answer has come, or the session has ended. */
  isAnswered: boolean;
  /**
   * Runs a query in the session itself, without its client: before the request is sent or after it was answered.
   *
   * @returns the first column of the first row; undefined when there is none or the query fails
   */
  inject: (sql: string) => Promise<string | null | undefined>;
}

/** What looks on, and can hold a request or its answer back until its promise is fulfilled. */
export interface WireObserver {
  /** The request has come from the client, and not gone to the server. */
  before?: (exchange: Exchange) => Promise<void>;
  /** It has gone to the server. What it returns is waited for before the answer goes on. */
  sent?: (exchange: Exchange) => Promise<void>;
  /** The last message of the answer has come. */
  arrived?: (exchange: Exchange) => void;
  /** The server has answered all of it, and the client has nothing of that. */
  answered?: (exchange: Exchange) => Promise<void>;
}

/**
 * Stands between sessions and a server, and sees every request of theirs. What it cuts off is, to the server, a client
 * that was killed: no session says another word, and none comes anew.
 */
export class WireProxy implements AsyncDisposable {
  readonly #target: ClientConfig;
  #observer: WireObserver = {};
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #sessions = 0;
  #isCut = false;

  private constructor(target: ClientConfig) {
    this.#target = target;
    this.#server = createServer((client) => {
      if (this.#isCut) client.destroy();
      else new ProxiedSession(this, client, this.#connect(), this.#sessions++, this.#observer);
    });
  }

  /**
   * Listens on a free port of the loopback.
   *
   * @throws UserError `invalid-settings`: sessions of `target` are encrypted, so that nothing can be seen of them.
   */
  static async open(target: ClientConfig): Promise<WireProxy> {
    const client = new Client(target);
    if (client.ssl) {
      throw new UserError(
        'invalid-settings',
        'Sessions of the throwaway database are encrypted: what is sent in them cannot be counted.',
        {
          hint: 'Use a server of your own without TLS: `--cluster`, or `--shadow-url URL`.',
        },
      );
    }
    const { host, port, user, database, password } = client;
    const proxy = new WireProxy({
      ...target,
      host,
      port,
      user,
      database,
      password: target.password ?? password ?? undefined,
    });
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** What the observer has thrown first: the session was ended, and nothing that it shows is true any more. */
  failure: unknown;

  /** Sets what looks on at the sessions that are opened from now on. */
  observe(observer: WireObserver): void {
    this.#observer = observer;
  }

  /** How to open sessions through it. */
  get session(): ClientConfig {
    const { connectionString: _, ...target } = this.#target;
    return { ...target, host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port, ssl: false };
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  /** Ends all sessions at once, on both sides, and lets no new one in. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Keeps a socket until it closes, to end it with the proxy. */
  own(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #connect(): Socket {
    const { host = 'localhost', port = 5432 } = this.#target;
    const socket = host.startsWith('/') ? connect(join(host, `.s.PGSQL.${port}`)) : connect(port, host);
    socket.setNoDelay(true);
    return socket;
  }
}

/** One session: a socket of the client, one of the server, and at most one request under way. */
class ProxiedSession {
  readonly #proxy: WireProxy;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #observer: WireObserver;
  readonly #number: number;
  #pid = 0;
  #isReady = false;
  /** The messages of a request that is not complete. */
  #request: Frame[] = [];
  /** Takes the server's messages in place of the client, until it is ready for the next request. */
  #answer: { frames: Frame[]; resolve: (frames: Frame[]) => void; streams: boolean } | undefined;
  #working: Promise<void> = Promise.resolve();

  constructor(proxy: WireProxy, client: Socket, server: Socket, number: number, observer: WireObserver) {
    this.#proxy = proxy;
    this.#client = client;
    this.#server = server;
    this.#number = number;
    this.#observer = observer;
    client.setNoDelay(true);
    const [fromClient, fromServer] = [new FrameReader(true), new FrameReader(false)];
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      proxy.own(socket);
      // Either side may vanish: that is what the proxy is for.
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.#answer?.resolve(this.#answer.frames);
        void this.#working.then(() => void other.end());
      });
    }
    client.on('data', (bytes: Buffer) => {
      for (const frame of fromClient.read(bytes)) this.#fromClient(frame);
    });
    server.on('data', (bytes: Buffer) => {
      for (const frame of fromServer.read(bytes)) this.#fromServer(frame);
    });
  }

  #fromClient(frame: Frame): void {
    const { type, bytes } = frame;
    // Passwords, and the data of COPY, are no requests.
    if (!this.#isReady || type === 'd' || type === 'c' || type === 'f') {
      this.#server.write(bytes);
      return;
    }
    if (type === 'X') {
      this.#working = this.#working.then(() => void this.#server.write(bytes));
      return;
    }
    this.#request.push(frame);
    if (type !== 'Q' && type !== 'S') return;
    const request = this.#request;
    this.#request = [];
    this.#working = this.#working
      .then(() => this.#serve(request))
      .catch((error: unknown) => {
        this.#proxy.failure ??= error;
        this.#client.destroy();
      });
  }

  async #serve(request: readonly Frame[]): Promise<void> {
    const sql = request.map(sqlOf).find((text) => text !== undefined) ?? '';
    const exchange: Exchange = {
      sql,
      session: this.#number,
      pid: this.#pid,
      isAnswered: false,
      inject: async (text) => {
        const row = (await this.#send(queryMessage(text), false)).find(({ type }) => type === 'D');
        return row && firstField(row);
      },
    };
    await this.#observer.before?.(exchange);
    if (this.#proxy.isCut) return;
    const answer = this.#send(Buffer.concat(request.map(({ bytes }) => bytes)), true).then((frames) => {
      exchange.isAnswered = true;
      this.#observer.arrived?.(exchange);
      return frames;
    });
    await this.#observer.sent?.(exchange);
    const frames = await answer;
    if (this.#proxy.isCut) return;
    await this.#observer.answered?.(exchange);
    if (this.#proxy.isCut) return;
    for (const { bytes } of frames) this.#client.write(bytes);
  }

  #send(bytes: Buffer, mayStream: boolean): Promise<Frame[]> {
    const { promise, resolve } = Promise.withResolvers<Frame[]>();
    this.#answer = { frames: [], resolve, streams: mayStream };
    if (this.#server.destroyed) resolve([]);
    else this.#server.write(bytes);
    return promise;
  }

  #fromServer(frame: Frame): void {
    const { type, bytes } = frame;
    if (type === 'K') this.#pid = bytes.readInt32BE(5);
    if (type === 'Z') this.#isReady = true;
    const answer = this.#answer;
    if (answer === undefined) {
      this.#client.write(bytes);
      return;
    }
    answer.frames.push(frame);
    if (type === 'Z') {
      this.#answer = undefined;
      answer.resolve(answer.frames);
    } else if (answer.streams && (type === 'G' || type === 'W')) {
      // The client has to send data before there is an end.
      for (const each of answer.frames.splice(0)) this.#client.write(each.bytes);
    }
  }
}
