import { type ImportResult, importProducts, readProducts } from '../stages/import.ts';
import { printResult } from '../ui/print-result.ts';
import { table } from '../ui/table.ts';
import { type CommonOptions, runWritingStage } from './run-stage.ts';

/** `dms import FILE`: brings the catalog to what a product CSV says. */
export async function importFile(
  file: string,
  options: CommonOptions & { skipInvalid?: boolean },
): Promise<void> {
  const { result } = await runWritingStage('import', `Importing ${file}`, options, async (context) =>
    importProducts(context, await readProducts(context.environment, file), options),
  );
  printResult({ json: result, text: renderImport(result) }, options.json === true);
}

/** What an import did, what it left out, and what it left alone, for people. */
export function renderImport(result: ImportResult): string {
  const { products, variants, prices, missing, faults, leftOut } = result;
  const rows = [
    ['', 'created', 'updated', 'unchanged'],
    ['products', String(products.created), String(products.updated), String(products.unchanged)],
    ['variants', String(variants.created), String(variants.updated), String(variants.unchanged)],
    ['prices', String(prices.opened), String(prices.closed), String(prices.unchanged)],
  ];
  const blocks = [table(rows, { right: [1, 2, 3] })];
  if (leftOut.length > 0) {
    blocks.push(`Left out, ${leftOut.length} products: ${leftOut.join(', ')}`, faults.join('\n'));
  }
  if (missing.length > 0)
    blocks.push(`${missing.length} variants of the shop are not in the file; they are kept.`);
  return blocks.join('\n\n');
}
