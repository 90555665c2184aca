// The spec reporter, which besides writes its totals where the runner reads them, and ends a run that something keeps open.
const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

/** How long what was used may take to close by itself. */
const graceMs = Number(process.env.MOCHA_GRACE_MS ?? 10_000);

module.exports = class Totals extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const totalsFile = process.env.MOCHA_TOTALS_FILE;
    if (!totalsFile) throw new Error("MOCHA_TOTALS_FILE is not set; run the tests by npm test.");
    /** Tests that ran, by the full path of their file. */
    const files = {};
    runner.on("test end", ({ file = "" }) => {
      files[file] = (files[file] ?? 0) + 1;
    });
    const failures = [];
    runner.on("fail", (test, error) => {
      failures.push(
        `${test.fullTitle()}: ${
          String(error?.message ?? error)
            .trim()
            .split("\n", 1)[0]
        }`,
      );
    });
    runner.once("end", () => {
      const { passes, failures: failed, pending } = runner.stats;
      const totals = { passed: passes, failed, pending, failures, files, open: "" };
      writeFileSync(totalsFile, JSON.stringify(totals));
      const watchdog = setTimeout(() => {
        writeFileSync(totalsFile, JSON.stringify({ ...totals, open: openHandles() }));
        // Mocha sets the exit code on exit; the runner reads the file.
        process.exit(1);
      }, graceMs);
      watchdog.unref();
    });
  }
};

/** `2 TCPSocketWrap (to 127.0.0.1:4566), 1 ChildProcess (sleep 300)` */
function openHandles() {
  const about = (process._getActiveHandles?.() ?? []).flatMap((handle) => {
    if (handle.spawnargs) return [handle.spawnargs.join(" ").slice(0, 120)];
    if (handle.remotePort) return [`to ${handle.remoteAddress}:${handle.remotePort}`];
    return handle.listening ? [`listens on ${JSON.stringify(handle.address())}`] : [];
  });
  return [...process.getActiveResourcesInfo(), ...about].join(", ");
}
