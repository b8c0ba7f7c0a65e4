// Seeds the library in a process of its own, which kills itself at a phase: url, authors, phase.
import { seed } from '../src/index.ts';
import { libraryPlan } from './library.ts';

const [url = '', authors = '1', lastPhase] = process.argv.slice(2);
await seed({
  url,
  plan: libraryPlan({ authors: Number(authors) }),
  seed: 7,
  onProgress: ({ phase, done }) => {
    if ((phase === 'load' && done > 0 ? 'rows' : phase) === lastPhase) process.kill(process.pid, 'SIGKILL');
  },
});
