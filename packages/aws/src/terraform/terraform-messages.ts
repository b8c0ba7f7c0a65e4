/** An error or a warning of Terraform. */
export interface TerraformDiagnostic {
  readonly severity: 'error' | 'warning';
  readonly summary: string;
  readonly detail?: string;
  /** Address of the resource, when Terraform knows it. */
  readonly address?: string;
  /** Where in the stack's files, for what is wrong before any resource is asked. */
  readonly snippet?: { readonly context?: string | null };
}

/** The outputs of a stack by name; a sensitive one has no value. */
export interface TerraformOutputs {
  readonly [name: string]: { readonly sensitive: boolean; readonly value?: unknown };
}

/** A line of `terraform plan -json` and `apply -json`, as far as it is used here. */
export interface TerraformMessage {
  readonly type: string;
  readonly '@message': string;
  /** What is being done to one resource. */
  readonly hook?: object;
  readonly changes?: { readonly add: number; readonly change: number; readonly remove: number };
  readonly diagnostic?: TerraformDiagnostic;
  readonly outputs?: TerraformOutputs;
}

/** A line as a message; undefined for a line that is none, such as what a provider prints. */
export function parseMessage(line: string): TerraformMessage | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const message = JSON.parse(line) as Partial<TerraformMessage>;
    return typeof message.type === 'string' ? (message as TerraformMessage) : undefined;
  } catch {
    return undefined;
  }
}
