import { simulate } from "./simulate";

// Fixed seeds, so that a change is judged by what it changes; `npm run simulate` takes any other.
describe("ingestion: everything at once", () => {
  for (const seed of [1, 2, 3, 4]) {
    it(`I17: 500 schedules of collectors, loaders and replays, with faults, end as the sequential run, in Snowflake too (seed ${seed})`, async function () {
      this.timeout(600_000);
      await simulate("ingestion", 500, seed);
    });
  }

  it("I17, W10: 500 schedules of writings, removals and full loads of a table, with faults, end with it in Snowflake", async function () {
    this.timeout(600_000);
    await simulate("changes", 500, 1);
  });
});
