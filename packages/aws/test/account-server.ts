import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { onTestFinished, vi } from 'vitest';

/**
 * Until the test ends, the AWS SDK asks this account, on loopback. It refuses everything but the given actions.
 *
 * @param answers XML within the response, by name of the action of EC2 or RDS: `DescribeVolumes`
 */
export async function useAccount(answers: Readonly<Record<string, string>> = {}): Promise<void> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const action = /^Action=(\w+)/.exec(Buffer.concat(chunks).toString())?.[1] ?? '';
      const answer = answers[action];
      response.writeHead(answer === undefined ? 403 : 200, { 'content-type': 'text/xml' });
      response.end(`<${action}Response>${answer ?? ''}</${action}Response>`);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'none');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'none');
  onTestFinished(() => {
    vi.unstubAllEnvs();
    server.close();
  });
}
