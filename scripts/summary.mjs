// Closes a test run with its totals on a line of their own, and says what the run did not cover.
import { readFileSync } from 'node:fs';
import process from 'node:process';

const suite = process.argv[2];
const REPORTS = { unit: ['unit'], e2e: ['e2e', 'sound', 'page', 'hosts'] };
const reports = REPORTS[suite].map((name) =>
  JSON.parse(readFileSync(new URL(`../.results/${name}.json`, import.meta.url), 'utf8')),
);
const total = (count) => reports.reduce((sum, report) => sum + count(report), 0);
const passed = total(({ numPassedTests }) => numPassedTests);
const failed = total(({ numFailedTests }) => numFailedTests);
const LEFT_OUT = {
  unit: 'Left out here: Chromium, the real Node-RED and the packed packages (npm run test:e2e), the long forms (npm run test:long), the live service (npm run test:live, with STEPFUN_API_KEY).',
  e2e: 'Left out here: the live service, which is never part of a test run (npm run test:live, with STEPFUN_API_KEY).',
};

process.stdout.write(`\n${LEFT_OUT[suite]}\n`);
const skipped = total(({ numPendingTests, numTodoTests }) => numPendingTests + numTodoTests);
process.stdout.write(
  `${suite}: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
);
if (passed === 0 || failed > 0) process.exitCode = 1;
