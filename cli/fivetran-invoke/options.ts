import { parseFlags, UsageError } from "../shared/commandLine";

export const HELP = `Usage: npx pulumi-data-pipelines fivetran-invoke --connector FILE --secrets FILE [options]
       npx pulumi-data-pipelines fivetran-invoke --function NAME --role ARN --external-id ID --secrets FILE [options]

Plays Fivetran: calls a connector until it has no more, applies its rows to local tables by primary key, shows a
summary per table and the final state.

The connector, one of:
  --connector FILE    its TypeScript or JavaScript file, which exports handler; runs in this process
  --function NAME     the function in Lambda

What it gets:
  --secrets FILE      JSON object with the secrets of Fivetran's form
  --payload KEY=VALUE one entry of the custom payload; may be given several times
  --state FILE        goes on from the state in the file, if it is there; the final state is written to it
  --method METHOD     direct (the default) or s3, through a bucket. With --connector it is kept in memory
  --test              the connection test of Fivetran's form only

With --connector:
  --timeout SECONDS   time that one request has, as the function's timeout (default 60)
  --start-from TEXT   start of a historical load, as the component's startFrom

With --function:
  --role ARN          role that Fivetran assumes; without it the credentials of the environment are used
  --external-id ID    its External ID
  --bucket NAME       sync bucket, for --method s3
  --prefix P          what the keys in it begin with
  --region NAME       region of the function (default: AWS_REGION)
  --endpoint URL      of STS, Lambda and S3, for a local cloud

Output:
  --rows FOLDER       writes each table's rows to FOLDER/<table>.ndjson
  --help              this text

Ends with 0 when all is synced, 1 when the connector failed, 2 when the arguments are wrong.`;

export interface InvokeOptions {
  readonly connector?: string;
  readonly function?: string;
  readonly secrets: string;
  readonly payload: Readonly<Record<string, string>>;
  readonly state?: string;
  readonly method: "direct" | "s3";
  readonly test: boolean;
  readonly timeoutMs: number;
  readonly startFrom?: string;
  readonly role?: string;
  readonly externalId?: string;
  readonly bucket?: string;
  readonly prefix?: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly rows?: string;
}

const string = { type: "string" } as const;

const flags = {
  connector: string,
  function: string,
  secrets: string,
  payload: { type: "string", multiple: true },
  state: string,
  method: string,
  test: { type: "boolean" },
  timeout: string,
  "start-from": string,
  role: string,
  "external-id": string,
  bucket: string,
  prefix: string,
  region: string,
  endpoint: string,
  rows: string,
  help: { type: "boolean" },
} as const;

/** Undefined: the help was asked for. @throws UsageError */
export function parseOptions(args: readonly string[]): InvokeOptions | undefined {
  const values = parseFlags(args, flags);
  if (values.help) return undefined;
  if ((values.connector === undefined) === (values.function === undefined)) {
    throw new UsageError("give one of --connector FILE and --function NAME");
  }
  const wrong = (values.connector === undefined ? ONLY_CONNECTOR : ONLY_FUNCTION).find((name) => values[name]);
  if (wrong) {
    throw new UsageError(`--${wrong} is for --${values.connector === undefined ? "connector" : "function"} only`);
  }
  if (values.secrets === undefined) throw new UsageError("--secrets is missing: give a JSON file, with {} for none");
  const { method = "direct", timeout = "60" } = values;
  if (method !== "direct" && method !== "s3")
    throw new UsageError(`--method ${method} isn't a method: give direct or s3`);
  if (values["external-id"] && !values.role) throw new UsageError("--external-id is for a role: give --role too");
  if (values.function && (method === "s3") !== (values.bucket !== undefined)) {
    throw new UsageError("--method s3 and --bucket NAME belong together");
  }
  if (!(Number(timeout) >= 3 && Number(timeout) <= 900)) {
    throw new UsageError(`--timeout ${timeout} isn't a number of seconds from 3 to 900`);
  }
  return {
    connector: values.connector,
    function: values.function,
    secrets: values.secrets,
    payload: Object.fromEntries((values.payload ?? []).map(entry)),
    state: values.state,
    method,
    test: values.test ?? false,
    timeoutMs: Number(timeout) * 1000,
    startFrom: values["start-from"],
    role: values.role,
    externalId: values["external-id"],
    bucket: values.bucket,
    prefix: values.prefix,
    region: values.region,
    endpoint: values.endpoint,
    rows: values.rows,
  };
}

const ONLY_CONNECTOR = ["timeout", "start-from"] as const;
const ONLY_FUNCTION = ["role", "external-id", "bucket", "prefix", "region", "endpoint"] as const;

function entry(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at < 1) throw new UsageError(`--payload ${text} isn't of the form KEY=VALUE`);
  return [text.slice(0, at), text.slice(at + 1)];
}
