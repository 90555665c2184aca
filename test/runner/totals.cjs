// The spec reporter, which besides writes its totals where the runner reads them.
const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

module.exports = class Totals extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = process.env.MOCHA_TOTALS_FILE;
    if (!file) throw new Error("MOCHA_TOTALS_FILE is not set; run the tests by npm test.");
    runner.once("end", () => {
      const { passes, failures, pending } = runner.stats;
      writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, pending }));
    });
  }
};
