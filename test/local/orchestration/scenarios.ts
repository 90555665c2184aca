/** Every scenario as an execution of its own, side by side where its state machine allows it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Group } from "./groups";
import { leftIn, type Place, taskOf } from "./place";
import { ended, eventually, type Run, type Started, start as startOf } from "./runs";

/** Webhooks that don't come, or have no effect. */
export const unheard = ["silent", "forged", "other_group"];
/** What dbt reads, each by a webhook of another kind. */
export const heard = ["airports", "zipcodes", "flights", "before_token"];
/** Connections in the states of O4, and an API that refuses for a while; all of them succeed. */
export const succeeding = ["at_work", "put_off_twice", "put_off_untold", "limited", "shaky"];
/** Those first that take long: five are synced at once. */
export const failing = ["throttled", "down", "put_off_for_ever", "failing", "with_task", "broken", "incomplete"];

export interface Scenarios {
  readonly unheard: Promise<Run>;
  readonly states: Promise<Run>;
  readonly failures: Promise<Run>;
  /** Of connections that nothing is heard of. */
  readonly quietFailures: Promise<Run>;
  /** Two that sync the same connection at the same time. */
  readonly sideBySide: Promise<readonly [Run, Run]>;
  readonly dbtFails: Promise<Run>;
  readonly dbtRecovers: Promise<Run>;
  readonly dbtHangs: Promise<Run>;
  readonly stoppedInDbt: Promise<Run>;
  /** One after the other: the lock allows no more. */
  readonly nightly: Promise<Nightly>;
  readonly large: Promise<{ readonly first: Run; readonly queued: Run }>;
  readonly triggered: Promise<Triggered>;
}

export interface Triggered {
  readonly stopped: Run;
  readonly started: Run;
  /** Names of the executions that webhooks have started. */
  readonly names: readonly string[];
}

export interface Nightly {
  readonly listFails: Run;
  readonly stopped: Run;
  /** What the stopped one held as the next began. */
  readonly left: { readonly tokens: readonly string[]; readonly locks: readonly string[] };
  readonly whole: Run;
  readonly overlapping: Run;
  readonly paused: Run;
}

export async function startScenarios(place: Place): Promise<Scenarios> {
  const { sfn, outputs } = place;
  const start = (group: Group, input: object): Promise<Started> => startOf(sfn, outputs[group].stateMachineArn, input);
  const run = async (group: Group, input: object): Promise<Run> => (await start(group, input)).ended;
  const dbt = (how: string): Promise<Run> =>
    run("side", { include: ["steady"], dbt_command: ["build", "--target", how] });
  const slow = { include: ["slow", "paused"] };

  const unheardRun = run("quiet", { include: unheard });
  // Not all at once: each function call at the same time is a process that has to start.
  const then = async <T>(next: () => Promise<T>): Promise<T> => {
    await unheardRun;
    return next();
  };
  const scenarios = {
    nightly: nightlyRuns(place, start),
    unheard: unheardRun,
    states: states(place, () => run("side", { include: [...succeeding, "paused"] })),
    quietFailures: then(() => run("quiet", { include: ["hanging", "failing_silently"] })),
    failures: run("side", { include: [...failing, "steady", "paused"] }),
    sideBySide: then(() => Promise.all([run("side", slow), run("side", slow)])),
    dbtFails: then(() => dbt("fails")),
    dbtRecovers: then(() => dbt("recovers")),
    dbtHangs: then(() => dbt("hangs")),
    stoppedInDbt: then(() => stoppedInDbt(place, start)),
    large: largeRuns(place, start),
    triggered: then(() => triggeredRuns(place, start)),
  };
  // Whoever waits for one hears of its failure; until then it isn't unhandled.
  for (const each of Object.values(scenarios)) each.catch(() => undefined);
  return scenarios;
}

type Start = (group: Group, input: object) => Promise<Started>;

/** Fivetran's own sync ends, and its webhook comes, while the execution's token is still on its way into the table. */
async function whileTokenIsOnItsWay({ services, fivetran }: Place, start: () => Promise<Started>): Promise<Started> {
  const token = '"pk":{"S":"before_token"},"sk":{"S":"arn:';
  const slow = { service: "dynamodb", operation: "PutItem", contains: token, mode: "delay", milliseconds: 3_000 };
  const made = await fetch(`${services.aws.endpoint}/_local/faults`, {
    method: "POST",
    body: JSON.stringify({ ...slow, count: 1 }),
  });
  const { id } = (await made.json()) as { id: string };
  const running = start();
  await eventually("the token is on its way", async () => {
    const { faults } = (await (await fetch(`${services.aws.endpoint}/_local/faults`)).json()) as {
      faults: { id: string; hits: number }[];
    };
    return faults.find((fault) => fault.id === id && fault.hits > 0);
  });
  await fivetran.startSync("before_token");
  return running;
}

async function states({ fivetran }: Place, run: () => Promise<Run>): Promise<Run> {
  await fivetran.startSync("at_work");
  return run();
}

async function nightlyRuns(place: Place, start: Start): Promise<Nightly> {
  const { sfn } = place;
  const listFails = await (await start("nightly", { include: ["airports"] })).ended;
  const stuck = await start("nightly", { include: ["stuck"] });
  await eventually("the token is stored", async () => {
    const { tokens } = await leftIn(place, "nightly", stuck.arn);
    return tokens.length > 0 ? tokens : undefined;
  });
  await sfn.stopExecution({ executionArn: stuck.arn, cause: "by a test" });
  const stopped = await stuck.ended;
  const left = await leftIn(place, "nightly", stuck.arn);
  const whole = await whileTokenIsOnItsWay(place, () => start("nightly", { include: heard }));
  const overlapping = await (await start("nightly", {})).ended;
  const first = await whole.ended;
  const paused = await (await start("nightly", { include: ["asleep"] })).ended;
  return { listFails, stopped, left, whole: first, overlapping, paused };
}

async function stoppedInDbt(place: Place, start: Start): Promise<Run> {
  const { arn, ended } = await start("side", { include: ["paused"], dbt_command: ["build", "--target", "hangs"] });
  await eventually("dbt runs", async () => {
    const task = await taskOf(place, "side", arn);
    return task?.lastStatus === "RUNNING" ? task : undefined;
  });
  // The entry point has its signal handler by then.
  await sleep(1_500);
  await place.sfn.stopExecution({ executionArn: arn, cause: "by a test" });
  return ended;
}

async function largeRuns(place: Place, start: Start): Promise<{ first: Run; queued: Run }> {
  const first = await start("large", {});
  await eventually("the lock is taken", async () =>
    (await leftIn(place, "large", first.arn)).locks.length > 0 ? true : undefined,
  );
  const queued = await start("large", { include: ["c001"] });
  return { first: await first.ended, queued: await queued.ended };
}

/** A run is stopped while its sync is at work; then Fivetran syncs by itself. */
async function triggeredRuns(place: Place, start: Start): Promise<Triggered> {
  const { sfn, fivetran, outputs } = place;
  const { stateMachineArn } = outputs.triggered;
  const ends = () => fivetran.deliveries.filter(({ payload }) => payload.connector_id === "trigger").length;
  const first = await start("triggered", {});
  await eventually("its sync is at work", async () =>
    fivetran.connections().find(({ id, status }) => id === "trigger" && status?.sync_state === "syncing"),
  );
  await sfn.stopExecution({ executionArn: first.arn, cause: "by a test" });
  const stopped = await first.ended;
  await eventually("its webhook has come", async () => (ends() === 1 ? true : undefined));
  await fivetran.startSync("trigger");
  const running = await eventually("a run has been started", async () => {
    const { executions = [] } = await sfn.listExecutions({ stateMachineArn });
    return executions.find(({ name }) => name?.startsWith("fivetran-"));
  });
  const started = await ended(sfn, running.executionArn ?? "");
  const { executions = [] } = await sfn.listExecutions({ stateMachineArn });
  const names = executions.flatMap(({ name = "" }) => (name.startsWith("fivetran-") ? [name] : []));
  return { stopped, started, names };
}
