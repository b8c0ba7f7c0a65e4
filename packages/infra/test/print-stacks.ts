import { synthesize } from '../src/index.ts';
import { addOptionStack, optionMatrix } from './option-matrix.ts';
import { presetJson } from './preset-stack.ts';

// Prints, as JSON, stacks by name: the presets, and every pair of options.
const presets = (['development', 'test', 'staging', 'production'] as const).map((name) => [
  name,
  presetJson(name),
]);
const options = optionMatrix().map((row, index) => {
  const id = `case-${index}`;
  return [id, synthesize((app) => addOptionStack(app, id, row)).json];
});
console.log(JSON.stringify(Object.fromEntries([...presets, ...options])));
