/** `pulumi up` of the local stack, with Pulumi's own display. */
import { join } from "node:path";
import type { EngineEvent, PolicyEvent, Stack, UpOptions } from "@pulumi/pulumi/automation";
import { parseConfig } from "../../stacks/config";
import { program } from "../../stacks/program";
import type { Services } from "../processes/services";
import type { Tools } from "../setup/ensureTools";
import { localFolder } from "../setup/paths";
import { type LocalOutputs, readOutputs } from "./outputs";
import type { Settings } from "./pipeline";
import { type PolicyReport, plain, policyReport } from "./policyEvents";
import type { RunReport } from "./report";
import { type ResourceReport, readResources } from "./resources";
import { type LocalStack, openStack, policyPack, policyPackConfigs } from "./stack";

export interface Updated {
  readonly local: LocalStack;
  readonly outputs: LocalOutputs;
  readonly update: NonNullable<RunReport["update"]>;
  readonly resources: readonly ResourceReport[];
}

/** Configuration values as the engine hands them to a program: structured ones as JSON. */
export function configTexts(settings: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

/** @param seen gets what the policies say, of an update that fails, too */
export async function updateLocal(
  tools: Tools,
  services: Services,
  settings: Settings,
  seen: { policy?: PolicyReport },
): Promise<Updated> {
  const stateFolder = join(localFolder, "state");
  const local = await openStack({
    tools,
    services,
    name: "local",
    settings,
    stateFolder,
    program: async () => ({ ...program(parseConfig("local", configTexts(settings))) }),
  });
  const start = Date.now();
  const { outputs, created } = await up(local.stack, services.signal, seen);
  const seconds = (Date.now() - start) / 1000;
  return {
    local,
    outputs: readOutputs(outputs),
    update: { created, policyViolations: seen.policy?.violations.length ?? 0, seconds },
    resources: await readResources(local.stateFile),
  };
}

/** @param seen gets what the policies say, however it ends */
export async function up(stack: Pick<Stack, "up">, signal: AbortSignal, seen: { policy?: PolicyReport }) {
  const policyEvents: PolicyEvent[] = [];
  const errors = new Set<string>();
  const onEvent = ({ policyEvent, diagnosticEvent }: EngineEvent): void => {
    if (diagnosticEvent?.severity === "error") errors.add(plain(diagnosticEvent.message));
    if (policyEvent) policyEvents.push(policyEvent);
  };
  const color = process.stdout.isTTY && !process.env.NO_COLOR ? "always" : "never";
  const options: UpOptions = {
    policyPacks: [policyPack],
    policyPackConfigs: policyPackConfigs("local"),
    onOutput: (text) => process.stdout.write(text),
    onEvent,
    color,
    suppressOutputs: true,
    signal,
  };
  const result = await stack
    .up(options)
    .catch((error: unknown) => {
      // Of an engine that ended early, its own message is all there is.
      if (errors.size === 0) throw new Error("pulumi up failed", { cause: error });
      throw new Error(`pulumi up failed: ${[...errors].join("; ")}`);
    })
    .finally(() => {
      seen.policy = policyReport(policyEvents);
    });
  const created = result.summary.resourceChanges?.create ?? 0;
  return { outputs: result.outputs, created };
}
