import type { Command } from 'commander';
import { deploy } from '../src/pipelines.ts';
import { buildProgram } from '../src/program.ts';
import type { Stage } from '../src/stage.ts';
import { plan } from '../src/stages/plan.ts';

/** What is written between the lines `Begin:` and `End` of a file, by its path in the repository. */
export const blocks: Readonly<Record<string, () => string>> = {
  'README.md': () => `\n${commandTable(buildProgram().commands)}\n`,
  'docs/runbooks/deploy.md': () => `\n${stageTable(deploy.stages)}\n`,
  '.github/workflows/deploy.yml': () => stagesOfJobs(deploy.stages),
};

/**
 * A file with its block as the declarations of commands and stages are now.
 * @throws Error where the file has no such block
 */
export function renewBlock(file: string, text: string, block: string): string {
  const marked = /^(.*\bBegin: .*\n)[^]*?^(.*\bEnd\b.*$)/m;
  if (!marked.test(text)) throw new Error(`${file} has no lines 'Begin:' and 'End' to write between.`);
  return text.replace(marked, (_, begin: string, end: string) => `${begin}${block}\n${end}`);
}

function commandTable(commands: readonly Command[]): string {
  const ofAll = new Set(['--env', '--json']);
  const rows = commands.map((command) => {
    const flags = command.options.map(({ long }) => long ?? '').filter((flag) => !ofAll.has(flag));
    return [code(usage(command)), command.description(), flags.map(code).join(' ')];
  });
  return markdownTable(['command', 'what it does', 'flags'], rows);
}

/** `import <file>`; an argument of which there is one choice is that word. */
function usage(command: Command): string {
  const words = command.registeredArguments.map((argument) => {
    const [choice, ...others] = argument.argChoices ?? [];
    if (choice !== undefined && others.length === 0) return choice;
    return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
  });
  return [command.name(), ...words].join(' ');
}

function stageTable(stages: readonly Stage[]): string {
  const described = new Map(buildProgram().commands.map((one) => [one.name(), one.description()]));
  const rows = stages.map((stage) => [stage.name, described.get(stage.name) ?? stage.title, jobOf(stage)]);
  return markdownTable(['stage', 'what it does', 'job on GitHub'], rows);
}

/**
 * The flags of `dms deploy` in each job, as variables of the workflow. The job `plan` runs the plan alone.
 * @throws Error where the stages of a job do not follow one another, or a stage has none
 */
export function stagesOfJobs(stages: readonly Stage[]): string {
  const jobs = stages.map(jobOf);
  const misplaced = stages.find((_, index) => {
    const job = jobs[index] ?? '';
    return job !== jobs[index - 1] && jobs.indexOf(job) < index;
  });
  if (misplaced !== undefined) {
    throw new Error(
      `The stage '${misplaced.name}' is of the job '${jobOf(misplaced)}': it has to follow the stages of that job.`,
    );
  }
  return [...Map.groupBy(stages, jobOf)]
    .filter(([job]) => job !== 'plan')
    .map(([job, of]) => `  ${job.toUpperCase()}_STAGES: --from ${of[0]?.name} --to ${of.at(-1)?.name}`)
    .join('\n');
}

/** @throws Error where the stage does not say so */
function jobOf(stage: Stage): string {
  if (stage === plan) return 'plan';
  if (stage.job !== undefined) return stage.job;
  throw new Error(`The stage '${stage.name}' of deploy does not say which 'job' of the workflow runs it.`);
}

function code(text: string): string {
  return `\`${text}\``;
}

/** Aligned as the formatter aligns it. */
function markdownTable(header: string[], rows: string[][]): string {
  const all = [header, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (cells: string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = all;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
