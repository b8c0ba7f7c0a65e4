import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { usagePrices } from '../src/prices/usage-prices.ts';

export interface ListedItem {
  readonly serviceCode: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** USD by the beginning of the tier. */
  readonly tiers: Readonly<Record<string, string>>;
  readonly unit: string;
}

const pageSize = 2;

/**
 * AWS's Pricing API over a list of items, on loopback: it checks the request as AWS does, filters by every attribute,
 * and answers in pages.
 */
export async function startPriceListServer(items: readonly ListedItem[]) {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const fail = (type: string) => {
        response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
        response.end(JSON.stringify({ __type: type, message: type }));
      };
      if (request.headers['x-amz-target'] !== 'AWSPriceListService.GetProducts')
        return fail('UnknownOperation');
      if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256'))
        return fail('AccessDeniedException');
      const { ServiceCode, Filters, NextToken } = JSON.parse(Buffer.concat(chunks).toString()) as {
        ServiceCode: string;
        Filters: { Type: string; Field: string; Value: string }[];
        NextToken?: string;
      };
      if (Filters.some(({ Type }) => Type !== 'TERM_MATCH')) return fail('InvalidParameterException');
      const matching = items
        .map((item, index) => ({ item, index }))
        .filter(
          ({ item }) =>
            item.serviceCode === ServiceCode &&
            Filters.every(({ Field, Value }) => item.attributes[Field] === Value),
        );
      const start = Number(NextToken ?? 0);
      const page = matching.slice(start, start + pageSize);
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(
        JSON.stringify({
          FormatVersion: 'aws_v1',
          PriceList: page.map(({ item, index }) => JSON.stringify(toDocument(item, `SKU${index}`))),
          NextToken: start + pageSize < matching.length ? String(start + pageSize) : undefined,
        }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

function toDocument({ attributes, tiers, unit }: ListedItem, sku: string) {
  const priceDimensions = Object.fromEntries(
    Object.entries(tiers).map(([beginRange, USD], index) => [
      `${sku}.T.${index}`,
      { unit, beginRange, endRange: 'Inf', pricePerUnit: { USD } },
    ]),
  );
  return {
    product: { sku, attributes },
    terms: { OnDemand: { [`${sku}.T`]: { priceDimensions } }, Reserved: {} },
  };
}

const units = ['Hrs', 'GB-Mo', 'IOPS-Mo', 'MBPS-Mo', 'IOs', 'GB', 'Keys'];

/**
 * All that AWS lists of a region, as far as it is asked for, each for 0.01 USD.
 *
 * @param prefix of the region's usage types: `EUS2-`
 * @param classes of RDS for PostgreSQL: `db.t4g.micro`
 */
export function listedItems(region: string, prefix: string, classes: readonly string[]): ListedItem[] {
  const tiers = { '0': '0.0100000000' };
  const machines = classes.map((instanceType) => ({
    serviceCode: 'AmazonRDS',
    attributes: {
      regionCode: region,
      productFamily: 'Database Instance',
      databaseEngine: 'PostgreSQL',
      instanceType,
      usagetype: `${prefix}InstanceUsage:${instanceType}`,
    },
    tiers,
    unit: 'Hrs',
  }));
  const others = usagePrices.map(({ serviceCode, usage, unit, attributes }) => ({
    serviceCode,
    attributes: { regionCode: region, usagetype: `${prefix}${usage}`, ...attributes },
    tiers,
    unit: units.find((one) => unit.test(one)) ?? '',
  }));
  return [...machines, ...others];
}
