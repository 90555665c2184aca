/** A run from the tools to the report: whatever fails on the way is in the report, and isn't success. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { takeLock } from "../processes/lock";
import { type Services, startServices } from "../processes/services";
import { causesOf } from "../setup/causes";
import { ensureTools, type Tools } from "../setup/ensureTools";
import { localFolder } from "../setup/paths";
import { rootClients } from "./clients";
import { readExecutions } from "./executions";
import { Findings } from "./findings";
import { judgeIam } from "./iam";
import { keep } from "./keep";
import { modelProblems } from "./modelProblems";
import type { RunOptions } from "./options";
import type { Pipeline, Run } from "./pipeline";
import type { Progress } from "./progress";
import { readSettings } from "./stack";
import { updateLocal } from "./update";

export interface LocalRunArgs {
  readonly options: RunOptions;
  readonly pipelines: readonly Pipeline[];
  readonly progress: Progress;
}

/** What the stack's names begin with. */
const namePrefix = "data-pipelines-local-";

/** How long a thing may take to stop; then it is named, and ended with this process. */
const stopMs = 10_000;

/**
 * @returns whether everything arrived
 * @throws Error when another run of this checkout is at work, or the report can't be written
 */
export async function localRun(args: LocalRunArgs): Promise<boolean> {
  const { options, progress } = args;
  const release = await takeLock(join(localFolder, "run.lock"), "npm run local");
  const findings = new Findings(options);
  const log = (line: string) => console.log(`  ${line}`);
  try {
    progress.step("Tools");
    const tools = await ensureTools({ log });
    progress.step("Local cloud");
    const services = await startServices({ tools, log });
    const working = inCloud(args, findings, tools, services);
    try {
      const died = services.died.then((error) => Promise.reject(error));
      return await Promise.race([working, died]);
    } finally {
      await stopAll(args.pipelines, services, working);
    }
  } catch (error) {
    progress.done();
    findings.failures.push(causesOf(error));
    return findings.tell();
  } finally {
    release();
  }
}

async function inCloud(
  { options, pipelines, progress }: LocalRunArgs,
  findings: Findings,
  tools: Tools,
  services: Services,
): Promise<boolean> {
  const cloud = { services, clients: rootClients(services.aws.endpoint) };
  let settings = readSettings("local");
  for (const pipeline of pipelines) settings = { ...((await pipeline.prepare?.(cloud, settings)) ?? settings) };
  progress.step("pulumi up of the stack local, with the policy pack");
  const { local, outputs, ...seen } = await updateLocal(tools, services, settings, findings.seen);
  Object.assign(findings.seen, seen);
  try {
    const run = { ...cloud, outputs, timeoutSeconds: options.timeout };
    await goThrough(pipelines, run, progress, findings);
    findings.seen.iam = await judgeIam(services.aws.endpoint, cloud.clients, namePrefix);
    findings.seen.executions = await readExecutions(cloud.clients, namePrefix);
    findings.failures.push(...(await modelProblems(services.aws.endpoint)));
    const passed = await findings.tell();
    if (options.keep) await keep(pipelines, { ...run, tell: () => undefined }, findings.page());
    return passed;
  } finally {
    await local.close();
  }
}

/** Sends, then waits for all side by side, as in life: none of them needs what another one brings. */
async function goThrough(
  pipelines: readonly Pipeline[],
  run: Omit<Run, "tell">,
  progress: Progress,
  { outcomes, failures }: Findings,
): Promise<void> {
  const active = pipelines.filter(({ rests }) => !rests);
  const runOf = ({ name }: Pipeline): Run => ({ ...run, tell: (text) => progress.waiting(name, text) });
  for (const pipeline of active) {
    if (pipeline.title) progress.step(pipeline.title);
    await pipeline.send?.(runOf(pipeline));
  }
  progress.step("Waiting until the data is there");
  const results = await Promise.allSettled(active.map((pipeline) => pipeline.wait(runOf(pipeline))));
  progress.done();
  for (const [index, result] of results.entries()) {
    if (result.status === "fulfilled") outcomes.push(result.value);
    else failures.push(`${active[index]?.name}: ${causesOf(result.reason)}`);
  }
}

/** @throws Error naming what failed to stop, or didn't in time */
async function stopAll(pipelines: readonly Pipeline[], services: Services, working: Promise<boolean>): Promise<void> {
  const troubles = await Promise.all([
    inTime("the local services", services.stop()),
    // Its own failure is reported elsewhere.
    inTime("the update or the pipelines", Promise.allSettled([working])),
    ...pipelines.map(({ name, stop }) => inTime(`the surroundings of ${name}`, stop?.())),
  ]);
  const told = troubles.filter((each) => each !== undefined);
  if (told.length > 0) throw new Error(`While stopping: ${told.join("; ")}`);
}

/** What is wrong with how it stopped. */
async function inTime(name: string, stopped: Promise<unknown> | undefined): Promise<string | undefined> {
  const late = new AbortController();
  try {
    return await Promise.race([
      Promise.resolve(stopped).then(() => undefined),
      sleep(stopMs, `${name} took more than ${stopMs / 1_000} s`, { signal: late.signal }),
    ]);
  } catch (error) {
    return `${name}: ${causesOf(error)}`;
  } finally {
    late.abort();
  }
}
