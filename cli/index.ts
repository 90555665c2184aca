/** The package's command, `pulumi-data-pipelines <command>`: what the outputs of the components and the pages name. */
import { type Command, PROGRAM, runCommand } from "./shared/commandLine";

interface Entry {
  readonly summary: string;
  /** Loaded when it is called: each brings clients of its own. */
  readonly load: () => Promise<Command>;
}

/** Every command by its name. */
export const commands: Readonly<Record<string, Entry>> = {
  replay: {
    summary: "sends the objects of a source that S3ToDynamoDb has missed or left unfinished",
    load: () => import("./replay/cli.js"),
  },
  "fivetran-invoke": {
    summary: "calls a Fivetran connector as Fivetran does, until it has no more data",
    load: () => import("./fivetran-invoke/cli.js"),
  },
  "register-webhook": {
    summary: "registers the webhook of FivetranDbtOrchestration with Fivetran",
    load: () => import("./register-webhook/cli.js"),
  },
  "delta-preview": {
    summary: "shows what an export would change, by the import's own SQL on this machine",
    load: () => import("./delta-preview/cli.js"),
  },
  "delta-approve": {
    summary: "lets a delta of ExportDeltaImport through that deletes more than its share, or refuses it",
    load: () => import("./delta-approve/cli.js"),
  },
  "delta-replay": {
    summary: "tries a version of an export again, from its files where they are there",
    load: () => import("./delta-replay/cli.js"),
  },
  resume: {
    summary: "lets KafkaLambdaSink go on with a partition at which it has stopped",
    load: () => import("./resume/cli.js"),
  },
  "snowflake-pipes": {
    summary: "pauses and repairs SnowflakeLanding's pipes around an update that replaces them",
    load: () => import("./snowflake-pipes/cli.js"),
  },
};

export function help(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    `Usage: npx ${PROGRAM} <command> [options]`,
    "",
    ...lines,
    "",
    `npx ${PROGRAM} <command> --help lists its options.`,
  ].join("\n");
}

/** @returns the exit code: the command's, or 2 when there is no such command */
export async function dispatch(
  args: readonly string[],
  print: (text: string) => void,
  complain = print,
): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h") {
    print(help());
    return name === undefined ? 2 : 0;
  }
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (entry === undefined) {
    complain(`There is no command ${JSON.stringify(name)}.\n\n${help()}`);
    return 2;
  }
  return (await entry.load()).run(rest);
}

if (require.main === module) {
  const args = process.argv.slice(2);
  runCommand(`npx ${PROGRAM} ${args[0] ?? ""}`.trim(), () => dispatch(args, console.log, console.error));
}
