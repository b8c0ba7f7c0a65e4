/** A block or a value of Terraform's JSON syntax. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** An object of Terraform's JSON syntax. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** A synthesized stack: the content of `cdk.tf.json`. */
export interface StackJson {
  readonly '//'?: JsonObject;
  readonly terraform?: JsonObject;
  readonly provider?: { readonly [name: string]: readonly JsonObject[] };
  readonly data?: { readonly [type: string]: { readonly [name: string]: JsonObject } };
  readonly resource?: { readonly [type: string]: { readonly [name: string]: JsonObject } };
  readonly module?: { readonly [name: string]: JsonObject };
  readonly output?: { readonly [name: string]: JsonObject };
}
