/** What Terraform reports as wrong. */
export interface TerraformDiagnostic {
  readonly severity: 'error' | 'warning';
  readonly summary: string;
  readonly detail?: string;
  /** Address of the resource, when Terraform knows it. */
  readonly address?: string;
  /** Where in the stack's files, for what is wrong before any resource is asked. */
  readonly snippet?: { readonly context?: string | null };
}

/** An output of a stack; a sensitive one comes without its value. */
export interface TerraformOutputs {
  readonly [name: string]: { readonly sensitive: boolean; readonly value?: unknown };
}

/** A line of `terraform plan -json` and `apply -json`, as far as it is used here. */
export interface TerraformMessage {
  readonly type: string;
  readonly '@message': string;
  readonly hook?: {
    readonly action: string;
    readonly resource: { readonly addr: string };
    readonly elapsed_seconds?: number;
  };
  readonly changes?: {
    readonly add: number;
    readonly change: number;
    readonly remove: number;
    readonly operation: string;
  };
  readonly diagnostic?: TerraformDiagnostic;
  readonly outputs?: TerraformOutputs;
}

/** Undefined for a line that is not one of Terraform's, such as a provider's own print. */
export function parseMessage(line: string): TerraformMessage | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const message = JSON.parse(line) as Partial<TerraformMessage>;
    return typeof message.type === 'string' ? (message as TerraformMessage) : undefined;
  } catch {
    return undefined;
  }
}
