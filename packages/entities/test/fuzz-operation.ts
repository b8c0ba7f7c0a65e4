import { UserError } from '@ecommerce-dms/errors';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonForm } from '../src/index.ts';
import { hostileInput } from './hostile-input.ts';
import type { OpenShop } from './open-shop.ts';
import { type MakeSample, type OperationName, outcomeOf } from './operation-samples.ts';

const runs = Number(process.env['FUZZ_RUNS'] ?? 60);
/** They derive a key from each password. */
const hashing: readonly OperationName[] = ['changePassword', 'logIn', 'resetPassword'];

/** Tests what holds for every operation, with an input that it accepts. */
export function fuzzOperation(name: OperationName, shop: () => OpenShop, makeSample: MakeSample): void {
  test(`${name} accepts its sample, and refuses any other input by a UserError`, async () => {
    const sample = await makeSample(shop());
    expect((await outcomeOf(shop(), name, { ...sample, undone: true })).error).toBeUndefined();
    await fc.assert(
      fc.asyncProperty(hostileInput(sample.input), async (input) => {
        const { error } = await outcomeOf(shop(), name, { ...sample, input, undone: true });
        if (error !== undefined && !(error instanceof UserError)) throw error;
      }),
      { numRuns: hashing.includes(name) ? runs / 10 : runs },
    );
  });

  test(`the result of ${name} has a JSON form`, async () => {
    const { result, error } = await outcomeOf(shop(), name, await makeSample(shop()));
    expect(error).toBeUndefined();
    const form = jsonForm(result);
    expect(JSON.parse(JSON.stringify(form))).toEqual(form);
  });
}
