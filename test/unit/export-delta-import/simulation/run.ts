/** `npm run simulate:imports -- --runs N --seed S`: any number of schedules of imports; what fails prints how to run it again. */
import { parseArgs } from "node:util";
import { calmSchedules, faultySchedules } from "./schedules";

const { values } = parseArgs({
  options: { runs: { type: "string" }, seed: { type: "string" }, path: { type: "string" } },
});
const runs = Number(values.runs ?? 5_000);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));

async function main(): Promise<void> {
  if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(seed)) {
    console.error("Give whole numbers: npm run simulate:imports -- --runs 5000 --seed 1");
    process.exitCode = 2;
    return;
  }
  console.log(`${runs} schedules with faults, ${Math.ceil(runs / 10)} without, seed ${seed}`);
  try {
    // A path is of a schedule with faults.
    if (values.path === undefined) await calmSchedules(Math.ceil(runs / 10), seed);
    await faultySchedules(runs, seed, values.path);
    console.log("Each ends with the newest version in the target.");
  } catch (error) {
    const { cause, message } = error as Error;
    console.error(`${(cause as Error | undefined)?.message ?? ""}\n\n${message}`);
    process.exitCode = 1;
  }
}

void main();
