/** Every scenario as an execution of its own, side by side where its state machine allows it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Group } from "./groups";
import { leftIn, type Place } from "./place";
import { eventually, type Run, type Started, start as startOf } from "./runs";

/** What the webhooks do. */
export const webhookConnections = ["early", "before_token", "silent", "twice", "forged", "other_group"];
/** Connections in the states of O4, and an API that refuses for a while; all of them succeed. */
export const succeeding = ["at_work", "put_off_twice", "put_off_untold", "limited", "shaky"];
export const failing = [
  ...["failing", "failing_silently", "with_task", "broken", "incomplete"],
  ...["hanging", "put_off_for_ever", "throttled", "down"],
];

export interface Scenarios {
  readonly webhooks: Promise<Run>;
  readonly states: Promise<Run>;
  readonly failures: Promise<Run>;
  /** Two that sync the same connection at the same time. */
  readonly sideBySide: Promise<readonly [Run, Run]>;
  readonly dbtFails: Promise<Run>;
  readonly dbtRecovers: Promise<Run>;
  readonly dbtHangs: Promise<Run>;
  readonly stoppedInDbt: Promise<Run>;
  /** One after the other: the lock allows no more. */
  readonly nightly: Promise<Nightly>;
  readonly large: Promise<{ readonly first: Run; readonly queued: Run }>;
}

export interface Nightly {
  readonly listFails: Run;
  readonly stopped: Run;
  /** What the rule has left of the stopped one. */
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

  const scenarios = {
    nightly: nightlyRuns(place, start),
    webhooks: webhooks(place, () => run("side", { include: webhookConnections })),
    states: states(place, () => run("side", { include: [...succeeding, "paused"] })),
    failures: run("side", { include: [...failing, "steady", "paused"] }),
    sideBySide: Promise.all([run("side", slow), run("side", slow)]),
    dbtFails: dbt("fails"),
    dbtRecovers: dbt("recovers"),
    dbtHangs: dbt("hangs"),
    stoppedInDbt: stoppedInDbt(place, start),
    large: largeRuns(place, start),
  };
  // Whoever waits for one hears of its failure; until then it isn't unhandled.
  for (const each of Object.values(scenarios)) each.catch(() => undefined);
  return scenarios;
}

type Start = (group: Group, input: object) => Promise<Started>;

/** Fivetran's own sync ends, and its webhook comes, while the execution's token is still on its way into the table. */
async function webhooks({ services, fivetran }: Place, run: () => Promise<Run>): Promise<Run> {
  const token = '"pk":{"S":"before_token"},"sk":{"S":"arn:';
  const slow = { service: "dynamodb", operation: "PutItem", contains: token, mode: "delay", milliseconds: 3_000 };
  const made = await fetch(`${services.aws.endpoint}/_local/faults`, {
    method: "POST",
    body: JSON.stringify({ ...slow, count: 1 }),
  });
  const { id } = (await made.json()) as { id: string };
  const running = run();
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
  await eventually("the rule has released token and lock", async () => {
    const { tokens, locks } = await leftIn(place, "nightly", stuck.arn);
    return tokens.length + locks.length === 0 ? true : undefined;
  });
  const whole = await start("nightly", { include: ["airports", "zipcodes", "flights"] });
  await eventually("the lock is taken", async () =>
    (await leftIn(place, "nightly", whole.arn)).locks.length > 0 ? true : undefined,
  );
  const overlapping = await (await start("nightly", {})).ended;
  const first = await whole.ended;
  const paused = await (await start("nightly", { include: ["asleep"] })).ended;
  return { listFails, stopped, whole: first, overlapping, paused };
}

async function stoppedInDbt({ sfn, ecs, outputs }: Place, start: Start): Promise<Run> {
  const { arn, ended } = await start("side", { include: ["paused"], dbt_command: ["build", "--target", "hangs"] });
  const cluster = outputs.side.clusterArn;
  const name = arn.split(":").at(-1);
  await eventually("dbt runs", async () => {
    const { taskArns = [] } = await ecs.listTasks({ cluster });
    if (taskArns.length === 0) return undefined;
    const { tasks = [] } = await ecs.describeTasks({ cluster, tasks: taskArns });
    return tasks.find(
      ({ lastStatus, overrides }) =>
        lastStatus === "RUNNING" &&
        overrides?.containerOverrides?.[0]?.environment?.some(({ value }) => value === name) === true,
    );
  });
  // The entry point has its signal handler by then.
  await sleep(1_500);
  await sfn.stopExecution({ executionArn: arn, cause: "by a test" });
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
