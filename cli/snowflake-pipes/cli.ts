import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { runCommand } from "../shared/commandLine";
import { HELP, parseOptions } from "./options";
import { run } from "./run";
import { sqlApi } from "./sqlApi";

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2), process.env, (path) => readFileSync(path, "utf8"));
  if (options === undefined) {
    console.log(HELP);
    return 0;
  }
  const whole = await run(options, {
    sql: sqlApi(options.connection),
    print: (line) => console.log(line),
    now: () => new Date(),
    wait: () => sleep(5_000),
  });
  return whole ? 0 : 1;
}

runCommand("snowflake:pipes", main);
