import { calmSchedules, faultySchedules } from "./schedules";

/** `npm run simulate:imports -- --runs N` runs any number. */
describe("export-delta-import: the whole flow under a scheduler", function () {
  this.timeout(300_000);

  it("D5: whatever order exports and events come in, the target ends as the newest version, and nobody holds a lock", () =>
    calmSchedules(50));

  it("D5: killed, stopped, thrown back, throttled or told twice at any moment: what the target has is a version, never a mixture", () =>
    faultySchedules(200));
});
