import { refuseFindings, renderValidation, validateDatabase } from '../stages/validate.ts';
import { printResult } from '../ui/print-result.ts';
import { type CommonOptions, runContext, runStage } from './run-stage.ts';

/** `dms validate`: drift and invariants, on writer and reader. Exit code 3 when a rule is broken. */
export async function validate(options: CommonOptions & { paranoid?: boolean }): Promise<void> {
  const { environment } = await runContext(options);
  const { result } = await runStage('validate', 'Validating the database', options, (context) =>
    validateDatabase(context, options),
  );
  printResult({ json: result, text: renderValidation(result) }, options.json === true);
  refuseFindings(result, environment);
}
