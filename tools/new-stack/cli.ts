/** `npm run new-stack`: the configuration of a new environment, tried before it is written. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { runCommand, UsageError } from "../../cli/shared/commandLine";
import { ConfigError } from "../../stacks/mistakes";
import { textsOf, underConfig } from "../access/fromProgram";
import { HELP, type NewStackOptions, parseOptions, parseSource, stackName } from "./options";
import { type StackFileArgs, stackFile } from "./stackFile";

const root = join(__dirname, "../..");

export interface NewStackPorts {
  /** Undefined where there is nobody to ask. */
  readonly ask?: (question: string) => Promise<string>;
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  /** Where the files are. */
  readonly folder: string;
}

/** @returns the exit code. @throws UsageError */
export async function newStack(args: readonly string[], ports: NewStackPorts): Promise<number> {
  const options = parseOptions(args);
  if (options === undefined) {
    ports.print(HELP);
    return 0;
  }
  const { name, ...settings } = await complete(options, ports.ask);
  const files = { yaml: join(ports.folder, `Pulumi.${name}.yaml`), policies: policyFile(ports.folder, name) };
  const taken = Object.values(files).find((file) => existsSync(file));
  if (taken !== undefined && !options.force && !options.print) {
    throw new UsageError(`${taken} is there already: give another name, or --force to replace it`);
  }
  const yaml = stackFile(settings);
  let made: number;
  try {
    made = (await underConfig(name, textsOf(yaml), yaml)).length;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    ports.complain(error.message);
    return 1;
  }
  if (options.print) {
    ports.print(yaml.trimEnd());
    return 0;
  }
  writeFileSync(files.yaml, yaml);
  writeFileSync(files.policies, "{}\n");
  ports.print(
    [
      `Pulumi.${name}.yaml and policy/config/${name}.json are written; the program makes ${made} resources of it.`,
      "Next, signed in to AWS and to where Pulumi keeps its state:",
      `  pulumi stack init ${name}`,
      `  pulumi preview --stack ${name} --policy-pack policy --policy-pack-config policy/config/${name}.json`,
    ].join("\n"),
  );
  return 0;
}

function policyFile(folder: string, name: string): string {
  return join(folder, "policy", "config", `${name}.json`);
}

/** What is missing is asked for. @throws UsageError where there is nobody to ask */
async function complete(
  options: NewStackOptions,
  ask: NewStackPorts["ask"],
): Promise<StackFileArgs & { readonly name: string }> {
  const answer = async (given: string | undefined, flag: string, question: string): Promise<string> => {
    const text = given ?? (await ask?.(question))?.trim();
    if (!text) throw new UsageError(`${flag} is missing: give it, or run on a terminal to be asked`);
    return text;
  };
  const name = stackName(await answer(options.name, "NAME", "Name of the stack (for example staging): "));
  const region = await answer(options.region, "--region", "AWS region (for example eu-central-1): ");
  const asked = options.isDisposable === undefined && ask !== undefined;
  const reply = asked ? await ask("May it be destroyed with its data? (y/N): ") : "";
  if (!asked && options.isDisposable === undefined) {
    throw new UsageError("--disposable or --protected is missing: whether it may be destroyed with its data");
  }
  const sources = [...options.sources];
  if (sources.length === 0 && ask !== undefined) {
    const text = (
      await ask("A source, NAME[:FORMAT[:KEY+KEY]] (for example orders:csv:order_id; empty for none): ")
    ).trim();
    if (text !== "") sources.push(parseSource(text));
  }
  const { alarmTopicArn, bucketNameSuffix } = options;
  const isDisposable = options.isDisposable ?? /^y(es)?$/i.test(reply.trim());
  return { name, region, isDisposable, sources, alarmTopicArn, bucketNameSuffix };
}

if (require.main === module) {
  runCommand("npm run new-stack --", async () => {
    const terminal = process.stdin.isTTY
      ? createInterface({ input: process.stdin, output: process.stdout })
      : undefined;
    try {
      return await newStack(process.argv.slice(2), {
        ask: terminal && ((question) => terminal.question(question)),
        print: console.log,
        complain: console.error,
        folder: root,
      });
    } finally {
      terminal?.close();
    }
  });
}
