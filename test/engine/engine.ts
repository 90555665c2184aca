/** One stack of a test: its own state, and what the engine says in short. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { EngineEvent, PulumiFn } from "@pulumi/pulumi/automation";
import { openStack, policyPack, policyPackConfigs } from "../../local/run/stack";
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
  /** What the policy pack said, each with its level in front. */
  readonly policies: readonly string[];
  /** Resources that stayed as they were. */
  readonly same: number;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** What the engine told, in its order. */
  readonly events: readonly EngineEvent[];
}

export interface TestStack {
  /** @throws Error with the diagnostics of a command that failed */
  run(command: Command): Promise<Outcome>;
  /** Text of the state file. */
  state(): Promise<string>;
  /** `pulumi policy analyze` of the state, without the program. @returns exit code and output */
  analyze(policies?: Settings): Promise<{ readonly code: number; readonly text: string }>;
}

/** Opens a stack for as long as the work takes; its state is removed afterwards. */
export async function withStack<T>(
  args: {
    readonly name: string;
    readonly settings: Settings;
    readonly program?: PulumiFn;
    /** Configuration of the policy pack. @default the stack's own file, where it has one */
    readonly policies?: Settings;
  },
  work: (stack: TestStack, change: (settings: Settings) => Promise<void>) => Promise<T>,
): Promise<T> {
  const { tools, services } = await cloud();
  const stateFolder = join(localFolder, "engine-tests", `${args.name}-${randomBytes(4).toString("hex")}`);
  let { settings } = args;
  const run: PulumiFn = args.program ?? (async () => ({ ...program(parseConfig(args.name, configTexts(settings))) }));
  const policyConfigs = args.policies
    ? [await writtenConfig(stateFolder, args.policies)]
    : policyPackConfigs(args.name);
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
        run: (command) => runCommand(opened, command, policyConfigs),
        state: () => readFile(opened.stateFile, "utf8"),
        analyze: async (policies) =>
          analyze(opened, tools.binFolder, policies ? [await writtenConfig(stateFolder, policies)] : policyConfigs),
      },
      change,
    );
  } finally {
    await opened.close();
    await rm(stateFolder, { recursive: true, force: true });
    await rm(`${stateFolder}-policies.json`, { force: true });
  }
}

type Opened = Awaited<ReturnType<typeof openStack>>;

async function writtenConfig(folder: string, policies: Settings): Promise<string> {
  // Beside the state's folder, which opening a stack empties.
  const file = `${folder}-policies.json`;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(policies));
  return file;
}

async function runCommand({ stack }: Opened, command: Command, policyPackConfigs: string[]): Promise<Outcome> {
  const steps: string[] = [];
  const said: string[] = [];
  const policies: string[] = [];
  const events: EngineEvent[] = [];
  let same = 0;
  const onEvent = (event: EngineEvent): void => {
    const { resourcePreEvent, diagnosticEvent, policyEvent } = event;
    events.push(event);
    if (resourcePreEvent) {
      const { op, urn } = resourcePreEvent.metadata;
      if (op === "same") same += 1;
      else steps.push(`${op} ${urn.split("::").pop()}`);
    }
    if (diagnosticEvent?.severity === "error") said.push(diagnosticEvent.message);
    if (policyEvent) policies.push(`[${policyEvent.enforcementLevel}] ${policyEvent.message.trim()}`);
  };
  try {
    if (command === "destroy") await stack.destroy({ onEvent, color: "never" });
    else await stack[command]({ onEvent, color: "never", policyPacks: [policyPack], policyPackConfigs });
  } catch (error) {
    // Events come by a file that is read on a timer; the error's own text has all that was printed.
    throw new Error([error instanceof Error ? error.message : String(error), ...said, ...policies].join("\n"));
  }
  const outputs = command === "up" ? await stack.outputs() : {};
  return {
    steps,
    policies,
    same,
    events,
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value])),
  };
}

async function analyze({ stack }: Opened, binFolder: string, configs: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), "analyze-"));
  try {
    const file = join(folder, "state.json");
    await writeFile(file, JSON.stringify(await stack.exportStack()));
    const config = configs.flatMap((each) => ["--policy-pack-config", each]);
    const args = ["policy", "analyze", "--file", file, "--policy-pack", policyPack, ...config, "--color", "never"];
    const env = {
      ...process.env,
      PATH: `${binFolder}:${process.env.PATH}`,
      PULUMI_HOME: join(localFolder, "pulumi-home"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
    };
    const { error, stdout, stderr } = await new Promise<{ error: Error | null; stdout: string; stderr: string }>(
      (done) =>
        execFile("pulumi", args, { env, cwd: folder }, (error, stdout, stderr) => done({ error, stdout, stderr })),
    );
    return { code: error ? Number((error as { code?: unknown }).code ?? 1) : 0, text: `${stdout}\n${stderr}` };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
