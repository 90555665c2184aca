/** A run from the tools to the report: whatever fails on the way is told in the report, and is no success. */
import { writeFile } from "node:fs/promises";
import { type Services, startServices } from "../processes/services";
import { causesOf } from "../setup/causes";
import { ensureTools } from "../setup/ensureTools";
import { rootClients } from "./clients";
import { judgeIam } from "./iam";
import { modelProblems } from "./modelProblems";
import type { RunOptions } from "./options";
import type { Cloud, Hint, Pipeline, Run } from "./pipeline";
import { formatReport } from "./print";
import type { Progress } from "./progress";
import { assembleReport, type Outcome, type RunReport } from "./report";
import { readSettings } from "./stack";
import { updateLocal } from "./update";

export interface LocalRunArgs {
  readonly options: RunOptions;
  readonly pipelines: readonly Pipeline[];
  readonly progress: Progress;
}

/** @returns whether everything arrived */
export async function localRun({ options, pipelines, progress }: LocalRunArgs): Promise<boolean> {
  const outcomes: Outcome[] = [];
  const failures: string[] = [];
  const findings: { -readonly [K in "iam" | "update"]?: RunReport[K] } = {};
  const told = async () => {
    const report = assembleReport(outcomes, failures, findings, options.files.length > 0);
    const lines = outcomes.flatMap((outcome) => outcome.lines);
    if (outcomes.length > 0) console.log(`\n${formatReport(report, lines)}\n`);
    if (options.report) {
      await writeFile(options.report, `${JSON.stringify(report, null, 2)}\n`);
      console.log(`Report: ${options.report}`);
    }
    for (const problem of report.problems) console.error(`✘ ${problem}`);
    return report.passed;
  };
  const log = (line: string) => console.log(`  ${line}`);
  try {
    progress.step("Tools");
    const tools = await ensureTools({ log });
    progress.step("Local cloud");
    const services = await startServices({ tools, log });
    try {
      const cloud = { services, clients: rootClients(services.aws.endpoint) };
      let settings = readSettings("local");
      for (const pipeline of pipelines) settings = { ...((await pipeline.prepare?.(cloud, settings)) ?? settings) };
      progress.step("pulumi up of the stack local, with the policy pack");
      const { local, outputs, update } = await updateLocal(tools, services, settings);
      findings.update = update;
      try {
        const run = { ...cloud, outputs, timeoutSeconds: options.timeout };
        await goThrough(pipelines, run, progress, outcomes, failures);
        findings.iam = await judgeIam(services.aws.endpoint, cloud.clients, "data-pipelines-local-");
        failures.push(...(await modelProblems(services.aws.endpoint)));
        const passed = await told();
        if (passed) console.log("✔ Everything arrived.");
        if (options.keep) await keep(pipelines, { ...run, tell: () => undefined });
        return passed;
      } finally {
        await local.close();
      }
    } finally {
      await stopAll(pipelines, services);
    }
  } catch (error) {
    progress.done();
    failures.push(causesOf(error));
    await told();
    return false;
  }
}

/** Sends, then waits for all side by side, as in life: none of them needs what another one brings. */
async function goThrough(
  pipelines: readonly Pipeline[],
  run: Omit<Run, "tell">,
  progress: Progress,
  outcomes: Outcome[],
  failures: string[],
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

async function keep(pipelines: readonly Pipeline[], run: Run): Promise<void> {
  const { aws, snowflake } = run.services;
  const hints: Hint[] = [];
  for (const pipeline of pipelines) hints.push(...((await pipeline.hints?.(run)) ?? []));
  console.log(`
The local cloud stays up until Ctrl-C.
  AWS        ${aws.endpoint} (any client: region us-east-1, access key test, secret test)
  Snowflake  ${snowflake.endpoint} (connectors: protocol http, account fakesnow, any user and password)
In another terminal, first:
  ${keepEnvironment(run)}
${hints.map(({ title, command }) => `${title}:\n  ${command}`).join("\n")}`);
  await new Promise((resolve) => process.once("SIGINT", resolve));
}

/** Version 1 of the AWS CLI reads AWS_DEFAULT_REGION, version 2 and the SDKs AWS_REGION. */
function keepEnvironment({ services }: Cloud): string {
  return (
    `export AWS_ENDPOINT_URL=${services.aws.endpoint} AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1 ` +
    "AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test"
  );
}

async function stopAll(pipelines: readonly Pipeline[], services: Services): Promise<void> {
  const stopped = await Promise.allSettled([...pipelines.map((pipeline) => pipeline.stop?.()), services.stop()]);
  const failed = stopped.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
  if (failed.length > 0) throw new Error(`stopping failed: ${failed.map(causesOf).join("; ")}`);
}
