import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** AWS on loopback, by moto's server. */
export interface Emulator {
  /** For Terraform, its provider and the SDK alike: endpoint, credentials, region. */
  env: Record<string, string>;
  stop: () => Promise<void>;
}

/** What moto 5.2 does not know: it keeps no automated backups of clusters, so there are none to list. */
const missing: Readonly<Record<string, string>> = {
  DescribeDBClusterAutomatedBackups: `<DescribeDBClusterAutomatedBackupsResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><DescribeDBClusterAutomatedBackupsResult><DBClusterAutomatedBackups/></DescribeDBClusterAutomatedBackupsResult></DescribeDBClusterAutomatedBackupsResponse>`,
};

/** @param command path of `moto_server` */
export async function startEmulator(command: string): Promise<Emulator> {
  const port = await freePort();
  const moto = spawn(command, ['-H', '127.0.0.1', '-p', String(port)], {
    // The role of enhanced monitoring takes a policy that AWS has made.
    env: { ...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: 'true' },
    stdio: 'ignore',
  });
  await untilItAnswers(moto, port);
  const front = frontOf(port);
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  return {
    env: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: 'emulated',
      AWS_SECRET_ACCESS_KEY: 'emulated-secret-access-key',
      AWS_REGION: 'eu-west-1',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    stop: async () => {
      front.closeAllConnections();
      front.close();
      moto.kill();
      await once(moto, 'close');
    },
  };
}

/** Answers what moto does not know, and hands on the rest. */
function frontOf(port: number): Server {
  return createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      const action = /^Action=(\w+)/.exec(body.toString('latin1'))?.[1] ?? '';
      const answer = missing[action];
      if (answer !== undefined) {
        outgoing.writeHead(200, { 'content-type': 'text/xml' }).end(answer);
        return;
      }
      const { url: path, method, headers } = incoming;
      const handedOn = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
        outgoing.writeHead(response.statusCode ?? 500, response.headers);
        response.pipe(outgoing);
      });
      handedOn.on('error', () => outgoing.destroy());
      handedOn.end(body);
    });
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function untilItAnswers(moto: ChildProcess, port: number): Promise<void> {
  while (moto.exitCode === null) {
    const answers = await fetch(`http://127.0.0.1:${port}/moto-api/`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answers) return;
    await setTimeout(100);
  }
  throw new Error(`moto_server ended with ${moto.exitCode} before it answered.`);
}
