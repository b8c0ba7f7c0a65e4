// Seeds the library in a process of its own, which kills itself in a phase: url, authors, phase.
import { seed } from '../src/index.ts';
import { libraryPlan } from './library.ts';

const [url = '', authors = '1', lastPhase] = process.argv.slice(2);
await seed({
  url,
  plan: libraryPlan({ authors: Number(authors) }),
  seed: 7,
  onProgress: ({ phase, done }) => {
    const isUnderWay = phase === 'load' || done > 0;
    const name = phase === 'load' && done > 0 ? 'rows' : phase;
    if (isUnderWay && name === lastPhase) process.kill(process.pid, 'SIGKILL');
  },
});
