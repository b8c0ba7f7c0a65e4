// Seeds the library in a process of its own, to be killed by a test: url, authors. Prints each phase as it begins.
import { seed } from '../src/index.ts';
import { libraryPlan } from './library.ts';

const [url = '', authors = '1'] = process.argv.slice(2);
let phase = '';
await seed({
  url,
  plan: libraryPlan({ authors: Number(authors) }),
  seed: 7,
  onProgress: (progress) => {
    const step = progress.phase === 'load' && progress.done > 0 ? 'rows' : progress.phase;
    if (step !== phase) process.stdout.write(`${step}\n`);
    phase = step;
  },
});
