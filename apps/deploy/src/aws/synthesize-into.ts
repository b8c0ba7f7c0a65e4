import { synthesize, type SynthesizedStack } from '@ecommerce-dms/infra';

/** A synthesized stack that Terraform can run on. */
export interface WrittenStack extends SynthesizedStack {
  readonly directory: string;
}

/** Synthesizes a stack into a folder. */
export function synthesizeInto(outdir: string, build: Parameters<typeof synthesize>[0]): WrittenStack {
  const { json, directory } = synthesize(build, { outdir });
  if (directory === undefined) throw new Error(`The stack was not written into ${outdir}.`);
  return { json, directory };
}
