'use strict';
// Prints the closing line from the test runner's own report and fails when a test failed or none ran.
const { readFileSync } = require('node:fs');

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const {
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: pending,
  numTodoTests: todo,
} = report;
const suites = report.numFailedTestSuites;
console.log(`${passed} passed, ${failed} failed, ${pending + todo} skipped`);
process.exit(report.success && failed === 0 && suites === 0 && passed > 0 ? 0 : 1);
