import { simulate } from "./simulate";

describe("ingestion: everything at once", () => {
  // Fixed, so that a change is judged by what it changes; `npm run simulate` takes any other.
  for (const seed of [1, 2, 3, 4]) {
    it(`I17: 500 schedules of collectors, loaders and replays, with faults, end as the sequential run (seed ${seed})`, async function () {
      this.timeout(600_000);
      await simulate(500, seed);
    });
  }
});
