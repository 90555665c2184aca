/**
 * How long the pack takes for a stack, from the bytes that the engine sends to the answer. CPU time of all threads, so
 * that what else runs on the machine doesn't count.
 */
import { policiesOf } from "../../policy/pack/policies";
import { rules } from "../../policy/rules";
import { grouped, median, printTable } from "../table";
import { analyzeRequest, analyzerOf, analyzeStackRequest } from "./adapter";
import { stackOf } from "./stack";

const maxPerResource = 1;
const maxStack = 3_000;
const size = 2_000;

/** @returns false when an aim is missed */
export async function measureSpeed(rounds: number): Promise<boolean> {
  const resources = stackOf(size);
  const requests = resources.map(analyzeRequest);
  const whole = analyzeStackRequest(resources);
  const single: number[] = [];
  const stack: number[] = [];
  let messages: string[] = [];
  // The first round is cold, as a preview is; it counts as the others do.
  for (let round = 0; round < rounds; round++) {
    const analyzer = analyzerOf(policiesOf(rules));
    messages = [];
    const start = cpu();
    for (const request of requests) messages.push(...(await analyzer.analyze(request)));
    const between = cpu();
    messages.push(...(await analyzer.analyzeStack(whole)));
    single.push(between - start);
    stack.push(cpu() - between);
  }
  const total = single.map((of, i) => of + (stack[i] ?? 0));
  const row = (what: string, values: readonly number[]) => [
    what,
    grouped(values[0] ?? 0),
    grouped(median(values)),
    grouped(median(values) / size, 3),
  ];
  const header = [
    `${grouped(size)} resources, ${rules.length} rules`,
    "first, CPU ms",
    "median, CPU ms",
    "ms a resource",
  ];
  printTable(header, [
    row("resource by resource", single),
    row("the stack as a whole", stack),
    row(`both (aim: ${grouped(maxStack)} ms, ${maxPerResource} ms a resource)`, total),
  ]);
  if (messages.length > 0) {
    console.log(
      `\nThe stack is meant to be right, and ${messages.length} messages were given, the first:\n${messages[0]}`,
    );
    return false;
  }
  return (total[0] ?? 0) <= maxStack && median(total) / size <= maxPerResource;
}

function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
