import { outputsFlags, parseFlags, StackOutputs, UsageError } from "../shared/commandLine";
import type { Pipe } from "./pipes";
import { type Connection, readPrivateKey } from "./sqlApi";

export const HELP = `Usage: npx pulumi-data-pipelines snowflake-pipes pause|repair --outputs FILE [options]

Around an update that replaces pipes, which forget what they loaded and what waits for them:

  1. npx pulumi-data-pipelines snowflake-pipes pause …
     stops the pipes, and waits until nothing is being loaded
  2. pulumi up
  3. npx pulumi-data-pipelines snowflake-pipes repair …
     resumes them, and puts to each exactly the files of the last 7 days that aren't in its table; tells what is still missing, or there twice

repair does no harm at any other time either.

Which pipes:
  --outputs FILE      JSON of \`pulumi stack output --json\` with the SnowflakeLanding's output pipes, at its top level or
                      inside the one output named by --component (a path, for example snowflake.landing)
  --component NAME    that output
  --table NAME        only this table's pipe; may be given several times

Sign-in, from the environment:
  SNOWFLAKE_ACCOUNT       identifier of the account, for example acme-prod
  SNOWFLAKE_USER          a user with a key pair
  SNOWFLAKE_PRIVATE_KEY   the private key, PKCS#8 in PEM; or SNOWFLAKE_PRIVATE_KEY_PATH, its file
  SNOWFLAKE_PRIVATE_KEY_PASSPHRASE   where the key has one
  SNOWFLAKE_ROLE          the role to act in; otherwise the output loaderRoleName, which suffices
  SNOWFLAKE_WAREHOUSE     runs the queries; otherwise the user's default
  SNOWFLAKE_URL           otherwise https://<account>.snowflakecomputing.com

Ends with 0 when every file is there once, 1 when one isn't, 2 when the arguments are wrong.`;

export interface PipesOptions {
  readonly action: "pause" | "repair";
  readonly pipes: readonly Pipe[];
  readonly connection: Connection;
}

const flags = { ...outputsFlags, table: { type: "string", multiple: true } } as const;

/** Undefined: the help was asked for. @throws UsageError */
export function parseOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): PipesOptions | undefined {
  const [action = "", ...rest] = args;
  if (action === "--help") return undefined;
  const values = parseFlags(rest, flags);
  if (values.help) return undefined;
  if (action !== "pause" && action !== "repair")
    throw new UsageError(`${action || "nothing"} is given, expected pause or repair`);
  const outputs = new StackOutputs(values, readFile);
  return {
    action,
    pipes: chosenPipes(outputs.get("pipes"), values.table ?? []),
    connection: connectionOf(environment, outputs.get("loaderRoleName"), readFile),
  };
}

function chosenPipes(output: unknown, tables: readonly string[]): Pipe[] {
  if (typeof output !== "object" || output === null) {
    throw new UsageError(
      "--outputs holds no pipes: give the file and, with --component, the output of the SnowflakeLanding",
    );
  }
  const byTable = output as Readonly<Record<string, Pipe>>;
  const known = Object.keys(byTable);
  const wanted = tables.length === 0 ? known : tables.map((table) => table.toUpperCase());
  return wanted.map((table) => {
    const pipe = byTable[table];
    if (pipe === undefined) throw new UsageError(`--table ${table} has no pipe; there are ${known.join(", ")}`);
    return pipe;
  });
}

function connectionOf(
  environment: Readonly<Record<string, string | undefined>>,
  loaderRole: unknown,
  readFile: (path: string) => string,
): Connection {
  const need = (name: string): string => {
    const value = environment[name];
    if (!value) throw new UsageError(`${name} isn't set`);
    return value;
  };
  const account = need("SNOWFLAKE_ACCOUNT").toUpperCase();
  const path = environment.SNOWFLAKE_PRIVATE_KEY_PATH;
  const pem = path ? readFile(path) : need("SNOWFLAKE_PRIVATE_KEY");
  return {
    url: (
      environment.SNOWFLAKE_URL || `https://${account.toLowerCase().replaceAll("_", "-")}.snowflakecomputing.com`
    ).replace(/\/$/, ""),
    account,
    user: need("SNOWFLAKE_USER").toUpperCase(),
    role: environment.SNOWFLAKE_ROLE || (typeof loaderRole === "string" ? loaderRole : need("SNOWFLAKE_ROLE")),
    warehouse: environment.SNOWFLAKE_WAREHOUSE ?? "",
    privateKey: readPrivateKey(pem, environment.SNOWFLAKE_PRIVATE_KEY_PASSPHRASE ?? ""),
  };
}
