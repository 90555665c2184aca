/** `npm run simulate -- --runs N --seed S`: any number of schedules of the ingestion; what fails prints how to run it again. */
import { parseArgs } from "node:util";
import { simulate } from "./simulate";

const { values } = parseArgs({
  options: { runs: { type: "string" }, seed: { type: "string" }, path: { type: "string" } },
});
const runs = Number(values.runs ?? 20_000);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(seed)) {
  console.error("Give whole numbers: npm run simulate -- --runs 20000 --seed 1");
  process.exitCode = 2;
} else {
  console.log(`${runs} schedules, seed ${seed}`);
  const start = process.hrtime.bigint();
  simulate(runs, seed, values.path).then(
    () =>
      console.log(`All end as the sequential run does (${Number((process.hrtime.bigint() - start) / 10n ** 9n)} s).`),
    (error: Error) => {
      console.error(`${(error.cause as Error | undefined)?.message ?? ""}\n\n${error.message}`);
      process.exitCode = 1;
    },
  );
}
