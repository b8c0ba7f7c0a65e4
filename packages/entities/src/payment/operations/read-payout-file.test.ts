import { expect, test } from 'vitest';
import { readPayoutFile } from '../../index.ts';

test.each([
  { csv: 'a,b\n1,2\n', fault: /no column balance_transaction_id/ },
  {
    csv: row('eur', '30.00', '0.90', '29.11', 'charge'),
    fault: /row 2: net 2911 is not gross 3000 less fee 90/,
  },
  {
    csv: row('eur', '30.001', '0', '30.001', 'charge'),
    fault: /row 2: gross '30.001' is not an amount of EUR/,
  },
  { csv: row('xxy', '30.00', '0', '30.00', 'charge'), fault: /row 2: 'xxy' is not a currency/ },
  { csv: row('eur', '30.00', '0', '30.00', 'refund'), fault: /row 2: a refund of 3000/ },
  { csv: `${row('eur', '1', '0', '1', 'charge')}"`, fault: /is not CSV/ },
  { csv: '', fault: /no column/ },
  { csv: '\n\n', fault: /no column/ },
  { csv: row('eur', '1', '0', '1', 'charge').replaceAll(',', ';'), fault: /no column/ },
  {
    csv: row('eur', '1', '0', '1', 'charge').replace(',currency', ',settlement_currency'),
    fault: /column currency\./,
  },
  { csv: row('eur', '"30,00"', '"0,00"', '"30,00"', 'charge'), fault: /gross '30,00' is not an amount/ },
  { csv: row('eur', '1e3', '0', '1e3', 'charge'), fault: /gross '1e3' is not an amount/ },
  { csv: row('eur', ' 1', '0', '1', 'charge'), fault: /gross ' 1' is not an amount/ },
  { csv: row('eur', '1'.repeat(15), '0', '1'.repeat(15), 'charge'), fault: /is not an amount/ },
  { csv: row('eur', '0', '0', '0', 'charge'), fault: /a charge of 0/ },
  { csv: row('eur', '1', '0', '1', 'charge').replace('txn_1', ''), fault: /'' is not a reference/ },
  { csv: row('eur', '1', '0', '1', 'charge').replace('txn_1', 'x'.repeat(256)), fault: /is not a reference/ },
  { csv: row('eur', '1', '0', '1', 'charge', 'more'), fault: /is not CSV/ },
])('a payout file is refused: $fault', ({ csv, fault }) => {
  expect(() => readPayoutFile(csv)).toThrow(fault);
});

test.each([
  { form: 'a mark of its byte order', csv: (text: string) => `\ufeff${text}` },
  { form: 'CRLF', csv: (text: string) => text.replaceAll('\n', '\r\n') },
  { form: 'CR', csv: (text: string) => text.replaceAll('\n', '\r') },
  { form: 'quotes', csv: (text: string) => text.replaceAll(/[^,\n]+/g, '"$&"') },
  {
    form: 'no last line end, and empty lines',
    csv: (text: string) => `\n${text.replace('\n', '\n\n').trimEnd()}`,
  },
])('a payout file with $form is read', ({ csv }) => {
  const file = `${row('eur', '30.00', '0.90', '29.10', 'charge')}txn_2,jpy,-30,0,-30,refund\ntxn_3,eur,-0.5,0,-.50,fee\n`;
  expect(() => readPayoutFile(csv(file))).toThrow(/net '-.50'/);
  const right = file.replace('-.50', '-0.50');
  expect(readPayoutFile(csv(right))).toEqual({
    transactions: [
      { kind: 'capture', reference: 'txn_1', amountMinor: 3000n, currencyCode: 'EUR' },
      { kind: 'refund', reference: 'txn_2', amountMinor: 30n, currencyCode: 'JPY' },
    ],
    netMinor: { EUR: 2860n, JPY: -30n },
    others: [{ reference: 'txn_3', category: 'fee', netMinor: -50n, currencyCode: 'EUR' }],
  });
});

test('a large payout file is read, and one of faults alone is refused in a short message', () => {
  const [header, line = ''] = row('eur', '1.00', '0.03', '0.97', 'charge').split('\n');
  const many = (text: string) => `${header}\n${`${text}\n`.repeat(100_000)}`;
  expect(readPayoutFile(many(line)).netMinor).toEqual({ EUR: 9_700_000n });
  expect(() => readPayoutFile(many(line.replace('0.97', '1')))).toThrow(/^.{0,9000}and 99900 more$/);
});

function row(...cells: string[]): string {
  return `balance_transaction_id,currency,gross,fee,net,reporting_category\ntxn_1,${cells.join(',')}\n`;
}
