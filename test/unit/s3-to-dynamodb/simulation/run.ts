/** `npm run simulate -- --of ingestion --runs N --seed S`: any number of schedules; what fails prints how to run it again. */
import { parseArgs } from "node:util";
import { simulate, simulations } from "./simulate";

const { values } = parseArgs({
  options: { of: { type: "string" }, runs: { type: "string" }, seed: { type: "string" }, path: { type: "string" } },
});
const what = values.of ?? "ingestion";
const isKnown = (name: string): name is keyof typeof simulations => Object.hasOwn(simulations, name);
const runs = Number(values.runs ?? 20_000);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
if (!isKnown(what)) {
  console.error(`There is no simulation of ${what}: give --of ${Object.keys(simulations).join(" or ")}`);
  process.exitCode = 2;
} else if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(seed)) {
  console.error("Give whole numbers: npm run simulate -- --runs 20000 --seed 1");
  process.exitCode = 2;
} else {
  console.log(`${runs} schedules of ${what}, seed ${seed}`);
  const start = process.hrtime.bigint();
  simulate(what, runs, seed, values.path).then(
    () =>
      console.log(`All end as the sequential run does (${Number((process.hrtime.bigint() - start) / 10n ** 9n)} s).`),
    (error: Error) => {
      console.error(`${(error.cause as Error | undefined)?.message ?? ""}\n\n${error.message}`);
      process.exitCode = 1;
    },
  );
}
