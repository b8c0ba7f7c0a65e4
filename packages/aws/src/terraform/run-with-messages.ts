import { terraformFailure } from './terraform-failure.ts';
import { parseMessage, type TerraformDiagnostic, type TerraformMessage } from './terraform-messages.ts';
import { runTerraform, type TerraformOptions } from './terraform-process.ts';

export interface ProgressOptions extends TerraformOptions {
  /** Called with a line on what Terraform does. Default none. */
  readonly onProgress?: (text: string) => void;
}

/**
 * Runs `terraform plan` or `apply` with `-json`.
 *
 * @returns everything that it has reported
 * @throws UserError `terraform-plan-failed`, `terraform-apply-failed`: it failed; the message has Terraform's errors, each with its resource.
 */
export async function runWithMessages(
  directory: string,
  [command, ...args]: readonly ['plan' | 'apply', ...string[]],
  options: ProgressOptions,
): Promise<TerraformMessage[]> {
  const messages: TerraformMessage[] = [];
  const { code, stderr } = await runTerraform(
    directory,
    [command, '-json', '-input=false', '-no-color', '-lock-timeout=60s', ...args],
    {
      ...options,
      onLine: (line) => {
        const message = parseMessage(line);
        if (message === undefined) return;
        messages.push(message);
        if (message.hook !== undefined || message.type === 'change_summary') {
          options.onProgress?.(message['@message']);
        }
      },
    },
  );
  if (code !== 0) throw terraformFailure(command, directory, errorsOf(messages), stderr);
  return messages;
}

function errorsOf(messages: readonly TerraformMessage[]): TerraformDiagnostic[] {
  return messages
    .map(({ diagnostic }) => diagnostic)
    .filter((diagnostic) => diagnostic?.severity === 'error')
    .filter((diagnostic) => diagnostic !== undefined);
}
