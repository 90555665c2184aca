import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { HELP, parseOptions } from "./options";
import { run as runPipes } from "./run";
import { sqlApi } from "./sqlApi";

export async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, process.env, (path) => readFileSync(path, "utf8"));
  if (options === undefined) {
    console.log(HELP);
    return 0;
  }
  const whole = await runPipes(options, {
    sql: sqlApi(options.connection),
    print: (line) => console.log(line),
    now: () => new Date(),
    wait: () => sleep(5_000),
  });
  return whole ? 0 : 1;
}
