/** The stack's Fivetran connectors, played one beside the other. */
import type { StackConfig } from "../../stacks/schema";
import { type ConnectorSync, type DeployedConnector, syncConnector, targetOf } from "../fivetran/syncConnector";
import { type SourceApi, sourceApiSecrets, startSourceApi } from "../source-api";
import type { LocalOutputs } from "./outputs";
import type { Hint, Pipeline, Plan } from "./pipeline";
import { number } from "./print";
import type { ConnectorReport, FileReport } from "./report";

export function connectors({ config, isOwnFiles }: Plan): Pipeline | undefined {
  const count = config.connectors.length;
  if (count === 0) return undefined;
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
        deployedConnectors(config.connectors, outputs).map(async (connector) => {
          const sync = await syncConnector({ ...endpoints, database, connector });
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
        lines: reports.map(sentence),
        problems: reports
          .filter(({ wrongExternalIdRefused }) => !wrongExternalIdRefused)
          .map(({ name }) => `connector ${name}: its role was had with a wrong External ID`),
      };
    },
    async hints({ services, outputs }) {
      api = await startSourceApi();
      return playHints(deployedConnectors(config.connectors, outputs), services.aws.endpoint, api.url);
    },
    stop: async () => api?.stop(),
  };
}

/** What Fivetran is told of each. @throws Error naming the output that the stack doesn't have */
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

/** How to play Fivetran by hand while the local cloud stays up. */
function playHints(connectors: readonly DeployedConnector[], awsEndpoint: string, sourceUrl: string): Hint[] {
  const secrets: Hint = {
    title: "Write down the secrets of the connectors' source",
    command: `echo '${JSON.stringify(sourceApiSecrets)}' > secrets.json`,
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
        `    --endpoint ${awsEndpoint} --region ${region}${through} --secrets secrets.json --payload apiUrl=${sourceUrl}`,
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
