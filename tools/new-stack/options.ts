import { parseFlags, UsageError } from "../../cli/shared/commandLine";

export const HELP = `Usage: npm run new-stack -- NAME [options]

Writes the configuration of a new stack: Pulumi.NAME.yaml, and policy/config/NAME.json for the policy pack. What isn't
given is asked for on a terminal. The program is run with it before anything is written, without an account, so that
the file is one that \`pulumi preview\` takes.

  --region REGION        where everything is made, for example eu-central-1
  --disposable           buckets and tables may be destroyed with their data; logs are kept for 7 days
  --protected            nothing that holds data is destroyed; logs are kept for a year
  --source NAME[:FORMAT[:KEY+KEY]]
                         a source of S3ToDynamoDb, for example orders:csv:order_id; may be given several times
  --alarm-topic ARN      SNS topic that alarms are sent to
  --bucket-suffix TEXT   appended to the names of buckets
  --force                replaces the files of a stack that is there
  --print                prints Pulumi.NAME.yaml, and writes nothing

Ends with 0 when the files are written, 1 when the configuration is wrong, 2 when the arguments are.`;

export interface NewStackOptions {
  readonly name?: string;
  readonly region?: string;
  /** Undefined: neither was said. */
  readonly isDisposable?: boolean;
  readonly sources: readonly SourceOption[];
  readonly alarmTopicArn?: string;
  readonly bucketNameSuffix?: string;
  readonly force: boolean;
  readonly print: boolean;
}

export interface SourceOption {
  readonly name: string;
  readonly format?: string;
  readonly keyFields?: readonly string[];
}

const flags = {
  region: { type: "string" },
  disposable: { type: "boolean" },
  protected: { type: "boolean" },
  source: { type: "string", multiple: true },
  "alarm-topic": { type: "string" },
  "bucket-suffix": { type: "string" },
  force: { type: "boolean" },
  print: { type: "boolean" },
  help: { type: "boolean" },
} as const;

/** Undefined: the help was asked for. @throws UsageError */
export function parseOptions(args: readonly string[]): NewStackOptions | undefined {
  const [first, ...others] = args;
  const name = first?.startsWith("-") ? undefined : first;
  const values = parseFlags(name === undefined ? args : others, flags);
  if (values.help) return undefined;
  if (values.disposable && values.protected) {
    throw new UsageError("--disposable and --protected exclude each other: give one");
  }
  return {
    name: name === undefined ? undefined : stackName(name),
    region: values.region,
    isDisposable: values.disposable ? true : values.protected ? false : undefined,
    sources: (values.source ?? []).map(parseSource),
    alarmTopicArn: values["alarm-topic"],
    bucketNameSuffix: values["bucket-suffix"],
    force: values.force ?? false,
    print: values.print ?? false,
  };
}

/** Stacks' names are part of file names and of the names of what they make. @throws UsageError */
export function stackName(text: string): string {
  if (/^[a-z][a-z0-9-]{0,19}$/.test(text)) return text;
  throw new UsageError(
    `${JSON.stringify(text)} isn't a name for a stack: use up to 20 lower-case letters, digits and hyphens, beginning with a letter`,
  );
}

/** @throws UsageError */
export function parseSource(text: string): SourceOption {
  const [name = "", format, keys, ...more] = text.split(":");
  if (name === "" || more.length > 0) {
    throw new UsageError(`--source ${text} isn't NAME[:FORMAT[:KEY+KEY]], for example orders:csv:order_id`);
  }
  const keyFields = keys?.split("+").filter((key) => key !== "");
  return { name, format: format || undefined, keyFields: keyFields?.length ? keyFields : undefined };
}
