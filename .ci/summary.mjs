// Prints the closing line of .ci/run from vitest's JSON report, and fails if a test or another check has failed.
import { readFileSync } from 'node:fs';

const [reportFile, failedChecks] = process.argv.slice(2);
let report;
try {
  report = JSON.parse(readFileSync(reportFile, 'utf8'));
} catch (error) {
  console.error(`No test report: ${error.message}`);
  console.log('0 passed, 1 failed');
  process.exit(1);
}
const skipped = report.numPendingTests + report.numTodoTests;
console.log(`${report.numPassedTests} passed, ${report.numFailedTests} failed, ${skipped} skipped`);
process.exitCode = report.success && failedChecks === '0' ? 0 : 1;
