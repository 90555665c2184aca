/** The stack's Fivetran connectors, played one beside the other. */
import type { StackConfig } from "../../stacks/schema";
import {
  type ConnectorSync,
  type DeployedConnector,
  syncConnector,
  syncOwnConnector,
  targetOf,
} from "../fivetran/syncConnector";
import { type SourceApi, sourceApiSecrets, startSourceApi } from "../source-api";
import type { LocalOutputs } from "./outputs";
import type { Hint, Pipeline, Plan } from "./pipeline";
import { number } from "./print";
import type { ConnectorReport, FileReport } from "./report";

/** The connector that the local source is made for. */
const example = "functions/connector-kit/example/handler.ts";

export function connectors({ config, isOwnFiles, secrets }: Plan): Pipeline | undefined {
  const isExample = (name: string) => config.connectors.some((each) => each.name === name && each.entry === example);
  const called = config.connectors.filter(({ name }) => isExample(name) || secrets.has(name));
  const silent = config.connectors.filter((each) => !called.includes(each)).map(({ name }) => name);
  const count = called.length;
  if (config.connectors.length === 0) return undefined;
  const { database } = config.snowflake ?? {};
  let api: SourceApi | undefined;
  return {
    name: "connectors",
    title: `Calling ${count} connectors as Fivetran does`,
    rests: isOwnFiles,
    async wait({ services, outputs, tell }) {
      if (database === undefined) {
        throw new Error("Pulumi.local.yaml has connectors, but no snowflake to bring rows to");
      }
      const endpoints = { awsEndpoint: services.aws.endpoint, snowflakeEndpoint: services.snowflake.endpoint };
      let done = 0;
      const told = () => tell(`${done} of ${count} synced`);
      told();
      const syncs = await Promise.all(
        deployedConnectors(called, outputs).map(async (connector) => {
          const args = { ...endpoints, database, connector };
          const own = secrets.get(connector.name);
          const sync = await (own === undefined ? syncConnector(args) : syncOwnConnector(args, own)).catch(
            (error: unknown) => {
              throw new Error(`the connector ${connector.name}`, { cause: error });
            },
          );
          done += 1;
          told();
          return sync;
        }),
      );
      const reports = syncs.map(connectorReport);
      return {
        files: syncs.flatMap(tableLines),
        tables: syncs.flatMap(({ tables }) => tables.map(({ name, loaded }) => ({ name, rows: loaded }))),
        details: { connectors: reports },
        lines: [...reports.map(sentence), ...silent.map(silentLine)],
        problems: reports
          .filter(({ wrongExternalIdRefused }) => !wrongExternalIdRefused)
          .map(({ name }) => `connector ${name}: its role was had with a wrong External ID`),
      };
    },
    async hints({ services, outputs }) {
      api = await startSourceApi();
      const examples = config.connectors.filter(({ name }) => isExample(name));
      return playHints(deployedConnectors(examples, outputs), services.aws.endpoint, api.url);
    },
    stop: async () => api?.stop(),
  };
}

function silentLine(name: string): string {
  return (
    `Fivetran connector ${name}: deployed, but not called, since its source isn't known here. To call it, give its ` +
    `secrets: npm run local -- --secrets ${name}=FILE.json`
  );
}

/** What Fivetran knows of each. @throws Error naming the output that the stack doesn't have */
export function deployedConnectors(
  connectors: StackConfig["connectors"],
  outputs: Pick<LocalOutputs, "connectors">,
): DeployedConnector[] {
  return connectors.map(({ name, bucketPrefix = "", fivetranAccountId }) => {
    const deployed = outputs.connectors[name];
    if (deployed === undefined) throw new Error(`the stack has no output connectors.${name}; see stacks/program.ts`);
    return { ...deployed, name, bucketPrefix, fivetranAccountId };
  });
}

/** Where nothing is committed. */
const secretsFile = ".local/secrets.json";

/** How to play Fivetran by hand while the local cloud stays up. */
function playHints(connectors: readonly DeployedConnector[], awsEndpoint: string, sourceUrl: string): Hint[] {
  const secrets: Hint = {
    title: "Write down the secrets of the connectors' source",
    command: `echo '${JSON.stringify(sourceApiSecrets)}' > ${secretsFile}`,
  };
  const calls = connectors.map((connector): Hint => {
    const target = targetOf({ awsEndpoint, connector });
    const { functionName, role, externalId, region, bucket, prefix, credentials } = target;
    const through = bucket === undefined ? "" : ` --method s3 --bucket ${bucket} --prefix '${prefix}'`;
    return {
      title: `Call the connector ${connector.name} as Fivetran does`,
      command:
        `AWS_ACCESS_KEY_ID=${credentials?.accessKeyId} AWS_SECRET_ACCESS_KEY=${credentials?.secretAccessKey} npm run fivetran:invoke -- \\\n` +
        `    --function ${functionName} --role ${role} --external-id ${externalId} \\\n` +
        `    --endpoint ${awsEndpoint} --region ${region}${through} --secrets ${secretsFile} --payload apiUrl=${sourceUrl}`,
    };
  });
  return [secrets, ...calls];
}

/** A line for each table of a connector: rows of the source beside rows in Snowflake. */
function tableLines({ name, tables }: ConnectorSync): FileReport[] {
  return tables.map(({ name: table, source, loaded, seconds }) => ({
    pipeline: "FivetranConnector",
    source: name,
    file: table.split(".").slice(1).join("."),
    target: table,
    read: source,
    loaded,
    quarantined: 0,
    reasons: [],
    seconds,
  }));
}

function connectorReport({ tables, ...sync }: ConnectorSync): ConnectorReport {
  return {
    ...sync,
    upserts: tables.reduce((sum, { upserts }) => sum + upserts, 0),
    deletes: tables.reduce((sum, { deletes }) => sum + deletes, 0),
  };
}

function sentence(connector: ConnectorReport): string {
  const { name, method, requests, upserts, deletes, throttled, failed, tokensExpired } = connector;
  return (
    `Fivetran connector ${name}, sync method ${method}: ${number(upserts)} upserts and ${number(deletes)} deletes in ` +
    `${requests} calls, despite ${throttled} answers 429, ${failed} answers 503 and ${tokensExpired} expired tokens; ` +
    `a wrong External ID was ${connector.wrongExternalIdRefused ? "refused" : "TAKEN"}`
  );
}
