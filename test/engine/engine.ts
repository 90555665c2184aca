/** One stack of a test: its own state, and what the engine says in short. */
import { randomBytes } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { EngineEvent, PulumiFn } from "@pulumi/pulumi/automation";
import { openStack, policyPack } from "../../local/engine/stack";
import { configTexts } from "../../local/run/update";
import { localFolder } from "../../local/setup/paths";
import { parseConfig } from "../../stacks/config";
import { program } from "../../stacks/program";
import { cloud } from "./cloud";

export type Settings = Readonly<Record<string, unknown>>;
type Command = "preview" | "up" | "destroy";

/** What a command did: `create ingest-landing`, by resource; `same` left out. */
export interface Outcome {
  readonly steps: readonly string[];
  /** Resources that stayed as they were. */
  readonly same: number;
  readonly outputs: Readonly<Record<string, unknown>>;
}

export interface TestStack {
  /** @throws Error with the diagnostics of a command that failed */
  run(command: Command): Promise<Outcome>;
  /** Text of the state file. */
  state(): Promise<string>;
}

/** Opens a stack for as long as the work takes; its state is removed afterwards. */
export async function withStack<T>(
  args: { readonly name: string; readonly settings: Settings; readonly program?: PulumiFn },
  work: (stack: TestStack, change: (settings: Settings) => Promise<void>) => Promise<T>,
): Promise<T> {
  const { tools, services } = await cloud();
  const stateFolder = join(localFolder, "engine-tests", `${args.name}-${randomBytes(4).toString("hex")}`);
  let { settings } = args;
  const run: PulumiFn = args.program ?? (async () => ({ ...program(parseConfig(args.name, configTexts(settings))) }));
  const open = () => openStack({ tools, services, name: args.name, stateFolder, settings, program: run });
  let opened = await open();
  const change = async (next: Settings): Promise<void> => {
    settings = next;
    await opened.close();
    opened = await open();
  };
  try {
    return await work(
      {
        run: (command) => runCommand(opened, command),
        state: () => readFile(opened.stateFile, "utf8"),
      },
      change,
    );
  } finally {
    await opened.close();
    await rm(stateFolder, { recursive: true, force: true });
  }
}

type Opened = Awaited<ReturnType<typeof openStack>>;

async function runCommand({ stack }: Opened, command: Command): Promise<Outcome> {
  const steps: string[] = [];
  const said: string[] = [];
  let same = 0;
  const onEvent = ({ resourcePreEvent, diagnosticEvent, policyEvent }: EngineEvent): void => {
    if (resourcePreEvent) {
      const { op, urn } = resourcePreEvent.metadata;
      if (op === "same") same += 1;
      else steps.push(`${op} ${urn.split("::").pop()}`);
    }
    if (diagnosticEvent?.severity === "error") said.push(diagnosticEvent.message);
    if (policyEvent) said.push(policyEvent.message);
  };
  try {
    if (command === "destroy") await stack.destroy({ onEvent, color: "never" });
    else await stack[command]({ onEvent, color: "never", policyPacks: [policyPack] });
  } catch (error) {
    // Events come by a file that is read on a timer; the error's own text has all that was printed.
    throw new Error([error instanceof Error ? error.message : String(error), ...said].join("\n"));
  }
  const outputs = command === "up" ? await stack.outputs() : {};
  return {
    steps,
    same,
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value])),
  };
}
