import { UserError } from '@ecommerce-dms/errors';
import { parse } from 'csv-parse/sync';
import { maxAmountMinor, reference as referenceSchema } from '../../bounds.ts';
import { currencyExponents } from '../../migrations/iso-4217.ts';
import type { ProviderKind, ProviderTransaction } from './payment-provider.ts';

/** A transaction of a payout, as {@link reconcilePayments} takes it. */
export type PayoutTransaction = Pick<
  ProviderTransaction,
  'kind' | 'reference' | 'amountMinor' | 'currencyCode'
>;

/** What is in a payout file. */
export interface PayoutFile {
  transactions: PayoutTransaction[];
  /** By currency, in minor units: what was paid out, fees deducted. */
  netMinor: Record<string, bigint>;
  /** Lines that are none of ours to book, such as the provider's own fees, with their category. */
  others: { reference: string; category: string; netMinor: bigint; currencyCode: string }[];
}

/** By `reporting_category`; the sign that `gross` has. */
const categories: Record<string, { kind: ProviderKind; sign: bigint }> = {
  charge: { kind: 'capture', sign: 1n },
  refund: { kind: 'refund', sign: -1n },
  refund_failure: { kind: 'refund_reversal', sign: 1n },
  dispute: { kind: 'dispute', sign: -1n },
  dispute_reversal: { kind: 'dispute_reversal', sign: 1n },
};

/** A message does not grow with the file. */
const maxFaults = 100;

const columns = ['balance_transaction_id', 'currency', 'gross', 'fee', 'net', 'reporting_category'] as const;

/**
 * Reads an itemized payout file in Stripe's CSV format. The references are ids of balance transactions: an adapter whose
 * payments are reconciled by this file reports those.
 *
 * @param csv the text of the file
 * @throws UserError `invalid-input` with every fault, of which the first 100 are named: a missing column, an amount
 *   that is none, an unknown currency, a net that is not gross less fee, a sign that its category does not have
 */
export function readPayoutFile(csv: string): PayoutFile {
  const rows = parseRows(csv);
  const faults: string[] = [];
  const file: PayoutFile = { transactions: [], netMinor: {}, others: [] };
  for (const [index, row] of rows.entries()) {
    const cell = (name: (typeof columns)[number]) => row[name] ?? '';
    const fault = (what: string) => faults.push(`row ${index + 2}: ${what}`);
    const currencyCode = cell('currency').toUpperCase();
    const exponent = currencyExponents.get(currencyCode);
    if (exponent === undefined) {
      fault(`'${cell('currency')}' is not a currency`);
      continue;
    }
    const [gross, fee, net] = (['gross', 'fee', 'net'] as const).map((name) => {
      const amount = signedMinor(cell(name), exponent);
      if (amount === undefined) fault(`${name} '${cell(name)}' is not an amount of ${currencyCode}`);
      return amount;
    });
    if (gross === undefined || fee === undefined || net === undefined) continue;
    if (net !== gross - fee) fault(`net ${net} is not gross ${gross} less fee ${fee}`);
    file.netMinor[currencyCode] = (file.netMinor[currencyCode] ?? 0n) + net;
    const reference = cell('balance_transaction_id');
    if (!referenceSchema.safeParse(reference).success)
      fault(`'${reference.slice(0, 300)}' is not a reference`);
    const category = cell('reporting_category');
    const known = Object.hasOwn(categories, category) ? categories[category] : undefined;
    if (known === undefined) {
      file.others.push({ reference, category, netMinor: net, currencyCode });
      continue;
    }
    const amountMinor = gross * known.sign;
    if (amountMinor <= 0n) fault(`a ${category} of ${gross}`);
    file.transactions.push({ kind: known.kind, reference, amountMinor, currencyCode });
  }
  if (faults.length > maxFaults) faults.splice(maxFaults, Infinity, `and ${faults.length - maxFaults} more`);
  if (faults.length > 0) throw new UserError('invalid-input', faults.join('; '));
  return file;
}

function parseRows(csv: string): Record<string, string | undefined>[] {
  let rows: Record<string, string | undefined>[];
  let header: string[] = [];
  try {
    rows = parse(csv, {
      columns: (names: string[]) => (header = names),
      bom: true,
      skip_empty_lines: true,
    });
  } catch (error) {
    throw new UserError('invalid-input', `The payout file is not CSV: ${String(error)}`, { cause: error });
  }
  const missing = columns.filter((name) => !header.includes(name));
  if (missing.length > 0) {
    throw new UserError('invalid-input', `The payout file has no column ${missing.join(', ')}.`);
  }
  return rows;
}

function signedMinor(decimal: string, exponent: number): bigint | undefined {
  const [, sign, whole, fraction = ''] = /^(-?)(\d{1,15})(?:\.(\d+))?$/.exec(decimal) ?? [];
  if (whole === undefined || fraction.length > exponent) return undefined;
  const minor = BigInt(whole + fraction.padEnd(exponent, '0'));
  if (minor > maxAmountMinor) return undefined;
  return sign === '-' ? -minor : minor;
}
