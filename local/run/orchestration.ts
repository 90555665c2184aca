/** The orchestration: connections of the local Fivetran, then dbt on the rows that they brought. */
import type { OrchestrationSettings } from "../../stacks/schema";
import { type OrchestrationSurroundings, orchestrationSurroundings } from "../fivetran/surroundings";
import { bringRows, connectionTables } from "../fivetran/tables";
import { runOrchestration } from "./orchestrationRun";
import type { Cloud, Pipeline, Plan, Settings } from "./pipeline";
import { number, table } from "./print";
import type { FileReport, OrchestrationReport, Outcome } from "./report";

export function orchestration({ config, isOwnFiles }: Plan): Pipeline | undefined {
  const settings = config.orchestration;
  if (settings === undefined) return undefined;
  const { database } = config.snowflake ?? {};
  if (database === undefined) {
    throw new Error("Pulumi.local.yaml has an orchestration, but no snowflake to bring rows to");
  }
  let surroundings: OrchestrationSurroundings | undefined;
  return {
    name: "orchestration",
    title: "Running the orchestration: Fivetran's syncs, then dbt",
    rests: isOwnFiles,
    async prepare(cloud, all) {
      surroundings = await localFivetran(cloud, settings, database);
      return withAddresses(all, surroundings);
    },
    async wait(run) {
      const { outputs } = run;
      if (surroundings === undefined || outputs.orchestration === undefined) {
        throw new Error("the stack has no output orchestration; see stacks/program.ts");
      }
      const schema = settings.dbt.environment?.SNOWFLAKE_SCHEMA ?? "MARTS";
      const report = await runOrchestration(run, { surroundings, outputs: outputs.orchestration, database, schema });
      return orchestrationOutcome(report);
    },
    async hints({ outputs }) {
      const command = `aws stepfunctions start-execution --state-machine-arn ${outputs.orchestration?.stateMachineArn}`;
      return [
        {
          title: "Run dbt alone; without the input, the whole orchestration",
          command: `${command} --input '{"include":[]}'`,
        },
      ];
    },
    stop: async () => surroundings?.fivetran.stop(),
  };
}

/** How long the second connection's first sync is put off. */
const putOffMs = 3_000;

/** Three connections, each of which brings a table of its own into the database; the second is put off once. */
function localFivetran({ services }: Cloud, { groupId }: OrchestrationSettings, database: string) {
  const connections = connectionTables.map(({ connection: id, schema, table }, index) => ({
    id,
    schema: schema.toLowerCase(),
    service: `local_${table.toLowerCase()}`,
    outcomes: index === 1 ? [{ status: "RESCHEDULED" as const, milliseconds: putOffMs }] : [],
  }));
  return orchestrationSurroundings(services, {
    groups: { [groupId]: connections },
    syncMs: 1_000,
    onSync: bringRows(services.snowflake.endpoint, database),
  });
}

/** The stack's settings with the addresses and ARNs of the running cloud. */
function withAddresses(settings: Settings, surroundings: OrchestrationSurroundings): Settings {
  const { fivetranApiUrl, fivetranSecretArn, snowflakeSecretArn, dbtEnvironment } = surroundings;
  const key = "data-pipelines:orchestration";
  const { dbt, ...own } = settings[key] as OrchestrationSettings;
  const environment = { ...dbt.environment, ...dbtEnvironment };
  return {
    ...settings,
    [key]: { ...own, fivetranApiUrl, fivetranSecretArn, dbt: { ...dbt, snowflakeSecretArn, environment } },
  };
}

export function orchestrationOutcome(report: OrchestrationReport): Outcome {
  const { connections } = report;
  return {
    files: connections.map(
      ({ id, brought, seconds }): FileReport => ({
        pipeline: "orchestration",
        source: id,
        file: brought.table.split(".").slice(1).join("."),
        target: brought.table,
        read: brought.read,
        loaded: brought.rows,
        quarantined: 0,
        reasons: [],
        seconds,
      }),
    ),
    tables: connections.map(({ brought }) => ({ name: brought.table, rows: brought.rows })),
    details: { orchestration: report },
    lines: ["", modelTable(report), "", sentence(report)],
    problems: shortfalls(report),
  };
}

function modelTable({ models, connections }: OrchestrationReport): string {
  const rows = models.map(({ name, connection, rows, counted }) => {
    const brought = connections.find(({ id }) => id === connection)?.brought;
    return [name, brought?.table ?? "", number(rows), `${number(counted)} of ${number(brought?.rows ?? 0)}`];
  });
  return table(["dbt model", "made of", "rows", "source rows counted"], rows, 2);
}

function sentence(run: OrchestrationReport): string {
  const { status, seconds, connections, synced, dbtNodes, artifacts } = run;
  const putOff = connections.reduce((sum, { rescheduled }) => sum + rescheduled, 0);
  const heard = connections.reduce((sum, connection) => sum + connection.heard, 0);
  const nodes = Object.entries(dbtNodes).map(([outcome, count]) => `${count} ${outcome}`);
  return (
    `Orchestration: ${status} in ${seconds.toFixed(1)} s; ${synced} of ${connections.length} connections synced, ` +
    `${heard} webhooks heard, ${putOff} sync${putOff === 1 ? "" : "s"} put off and done later; dbt: ${nodes.join(", ") || "no results"}; ` +
    `${artifacts.length} artifacts`
  );
}

function shortfalls(run: OrchestrationReport): string[] {
  const { status, cause, connections, synced, models, artifacts, tokensLeft } = run;
  const lines: string[] = [];
  if (status !== "SUCCEEDED") lines.push(`orchestration: the execution is ${status}: ${cause}`);
  if (synced !== connections.length) {
    lines.push(`orchestration: ${synced} of ${connections.length} connections synced`);
  }
  // Without webhooks the run gets along by looking at the API now and then, which isn't what it is made for.
  for (const { id, syncs, heard } of connections) {
    if (heard === 0 || heard < syncs) {
      lines.push(`orchestration: ${heard} of ${syncs} webhooks of ${id} were answered; see the webhook's registration`);
    }
  }
  for (const { name, connection, counted } of models) {
    const rows = connections.find(({ id }) => id === connection)?.brought.rows;
    if (rows !== counted) lines.push(`dbt model ${name} stands for ${counted} rows, but ${connection} brought ${rows}`);
  }
  if (status === "SUCCEEDED" && models.length === 0) lines.push("orchestration: dbt built no models");
  if (!artifacts.some((key) => key.endsWith("/run_results.json"))) {
    lines.push("orchestration: dbt's run_results.json isn't in the artifacts bucket");
  }
  if (tokensLeft > 0) lines.push(`orchestration: ${tokensLeft} task token(s) left in the table`);
  return lines;
}
