import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

export const HELP = `Usage: npm run fivetran:register-webhook -- [options]

Tells Fivetran to send the ends of syncs to the orchestration's webhook: creates the webhook, or changes the one that
is there for the same address, and has Fivetran send its test event. What webhooks are signed with is in a secret; while
that has no value, a random one is made and stored in it. Again does no harm.

What (each is read from --outputs when not given):
  --url URL             address of the webhook, HTTPS
  --group ID            the Fivetran group whose connections it is for
  --secret-arn ARN      secret {"webhookSecret": …} that payloads are signed with; filled when it is empty
  --api-secret-arn ARN  secret {"apiKey": …, "apiSecret": …} to sign in to Fivetran with
  --outputs FILE        JSON of \`pulumi stack output --json\` with webhookUrl, groupId, webhookSecretArn and
                        apiSecretArn, at its top level or inside the one output named by --component
  --component NAME      that output

Also:
  --account             for the connections of all groups; those of others have no effect on the orchestration
  --rotate              makes a new webhook secret in place of the one that is there
  --api-url URL         the API. @default https://api.fivetran.com
  --dry-run             says what would be done, and changes nothing

Needs secretsmanager:GetSecretValue on both secrets, and PutSecretValue on the webhook's where it makes the value.
Region, credentials and endpoints of AWS come from the environment, as with the AWS CLI.
Ends with 0 when the test event was taken, 1 when something failed, 2 when the arguments are wrong.`;

export interface RegisterOptions {
  readonly url: string;
  /** Undefined: for the whole account. */
  readonly groupId?: string;
  readonly webhookSecretArn: string;
  readonly apiSecretArn: string;
  readonly apiUrl: string;
  /** Makes a new webhook secret. */
  readonly rotate: boolean;
  readonly dryRun: boolean;
}

/** A mistake in the command line; the message says which and what to give. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Undefined: the help was asked for. @throws UsageError */
export function parseOptions(args: readonly string[], readFile = readText): RegisterOptions | undefined {
  const { values } = parse(args);
  if (values.help) return undefined;
  if (values.account && values.group) throw new UsageError("--group and --account exclude each other: give one");
  const outputs = values.outputs === undefined ? {} : readOutputs(values.outputs, values.component, readFile);
  const need = (flag: string, given: string | undefined, output: unknown): string => {
    if (given) return given;
    if (typeof output === "string" && output !== "") return output;
    throw new UsageError(
      `--${flag} is missing${values.outputs ? ` and not in ${values.outputs} either` : ": give it, or --outputs"}`,
    );
  };
  return {
    url: checkUrl("url", need("url", values.url, outputs.webhookUrl)),
    ...(values.account ? {} : { groupId: need("group", values.group, outputs.groupId) }),
    webhookSecretArn: need("secret-arn", values["secret-arn"], outputs.webhookSecretArn),
    apiSecretArn: need("api-secret-arn", values["api-secret-arn"], outputs.apiSecretArn),
    apiUrl: checkUrl("api-url", values["api-url"] ?? "https://api.fivetran.com"),
    rotate: values.rotate ?? false,
    dryRun: values["dry-run"] ?? false,
  };
}

/** Fivetran refuses addresses without TLS, and the API key is not to go over one; a machine's own are for trying out. */
function checkUrl(flag: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const own = url !== undefined && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (url?.protocol === "https:" || (url?.protocol === "http:" && own)) return text;
  throw new UsageError(`--${flag} ${text} isn't an HTTPS address: write it like https://example.org/webhook`);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        url: { type: "string" },
        group: { type: "string" },
        account: { type: "boolean" },
        "secret-arn": { type: "string" },
        "api-secret-arn": { type: "string" },
        "api-url": { type: "string" },
        outputs: { type: "string" },
        component: { type: "string" },
        rotate: { type: "boolean" },
        "dry-run": { type: "boolean" },
        help: { type: "boolean" },
      },
    });
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}

function readText(path: string): string {
  return readFileSync(path, "utf8");
}

function readOutputs(path: string, component: string | undefined, readFile: (path: string) => string) {
  let outputs: unknown;
  try {
    outputs = JSON.parse(readFile(path));
  } catch (cause) {
    throw new UsageError(`--outputs ${path}: ${(cause as Error).message}`, { cause });
  }
  const chosen = component === undefined ? outputs : (outputs as Record<string, unknown> | null)?.[component];
  if (typeof chosen !== "object" || chosen === null) {
    throw new UsageError(
      component ? `--component ${component} is no object in ${path}` : `--outputs ${path} is no JSON object`,
    );
  }
  return chosen as Record<string, unknown>;
}
