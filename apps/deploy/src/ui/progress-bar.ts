const width = 24;

/** `[######------------------]  25 % 37,500 of 150,000 rows, 81,000/s, 2 s left`. */
export function progressBar(progress: {
  done: number;
  total: number;
  ratePerSecond: number;
  secondsLeft: number | undefined;
}): string {
  const { done, total, ratePerSecond, secondsLeft } = progress;
  const share = total === 0 ? 0 : Math.min(done / total, 1);
  const filled = Math.round(share * width);
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(width - filled)}]`;
  const count = (value: number): string => Math.round(value).toLocaleString('en-US');
  const left = secondsLeft === undefined ? '' : `, ${Math.ceil(Math.max(secondsLeft, 0))} s left`;
  const percent = String(Math.floor(share * 100)).padStart(3);
  return `${bar} ${percent} % ${count(done)} of ${count(total)} rows, ${count(ratePerSecond)}/s${left}`;
}
