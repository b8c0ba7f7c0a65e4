import type { AlarmDefinition, ComparisonOperator, Unit } from './alarm-definition.ts';

const binary = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

const symbols: Record<ComparisonOperator, string> = {
  GreaterThanThreshold: '>',
  GreaterThanOrEqualToThreshold: '>=',
  LessThanThreshold: '<',
  LessThanOrEqualToThreshold: '<=',
};

/** A value for people: `1.5 GiB`, `90 %`, `0.02 s`, `1,000,000,000`. */
export function formatValue(value: number, unit: Unit): string {
  if (unit === 'bytes') return formatBytes(value);
  if (unit === 'bytes/s') return `${formatBytes(value)}/s`;
  const digits = value.toLocaleString('en-US', { maximumFractionDigits: 3 });
  const suffix = { percent: ' %', seconds: ' s', count: '', 'count/s': '/s', 'vCPU-minutes': ' vCPU-min' }[
    unit
  ];
  return `${digits}${suffix}`;
}

/** The values that breach an alarm's threshold: `> 90 %`. */
export function formatThreshold(definition: AlarmDefinition): string {
  return `${symbols[definition.operator]} ${formatValue(definition.threshold, definition.unit)}`;
}

function formatBytes(bytes: number): string {
  const power = Math.min(Math.floor(Math.log2(Math.max(Math.abs(bytes), 1)) / 10), binary.length - 1);
  return `${Number((bytes / 1024 ** power).toFixed(2))} ${binary[power]}`;
}
