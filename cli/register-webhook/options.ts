import { outputsFlags, parseFlags, StackOutputs, switches, textFlags, UsageError } from "../shared/commandLine";

export const HELP = `Usage: npx pulumi-data-pipelines register-webhook [options]

Tells Fivetran to send the ends of syncs to the orchestration's webhook: creates the webhook, or changes the one that
is there for the same address, and has Fivetran send its test event. What webhooks are signed with is in a secret; while
that has no value, a random one is made and stored in it. It is safe to run again.

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
  --remove              removes the webhook instead; do it before \`pulumi destroy\`
  --rotate              replaces the webhook secret with a new one
  --api-url URL         the API. @default https://api.fivetran.com
  --dry-run             says what would be done, and changes nothing

Needs secretsmanager:GetSecretValue on both secrets, and PutSecretValue on the webhook's where it makes the value.
Region, credentials and endpoints of AWS come from the environment, as with the AWS CLI.
Ends with 0 when the test event was taken or the webhook is gone, 1 when something failed, 2 when the arguments are wrong.`;

export interface RegisterOptions {
  readonly url: string;
  /** Undefined: for the whole account. */
  readonly groupId?: string;
  readonly webhookSecretArn: string;
  readonly apiSecretArn: string;
  readonly apiUrl: string;
  /** Makes a new webhook secret. */
  readonly rotate: boolean;
  /** Removes the webhook; the secret stays as it is. */
  readonly remove: boolean;
  readonly dryRun: boolean;
}

const flags = {
  ...outputsFlags,
  ...textFlags("url", "group", "secret-arn", "api-secret-arn", "api-url"),
  ...switches("account", "rotate", "remove", "dry-run"),
};

/** Undefined: the help was asked for. @throws UsageError */
export function parseOptions(
  args: readonly string[],
  readFile?: (path: string) => string,
): RegisterOptions | undefined {
  const values = parseFlags(args, flags);
  if (values.help) return undefined;
  if (values.account && values.group) throw new UsageError("--group and --account exclude each other: give one");
  if (values.remove && values.rotate) throw new UsageError("--remove and --rotate exclude each other: give one");
  const outputs = new StackOutputs(values, readFile);
  return {
    url: checkUrl("url", outputs.need("url", values.url, outputs.get("webhookUrl"))),
    ...(values.account ? {} : { groupId: outputs.need("group", values.group, outputs.get("groupId")) }),
    webhookSecretArn: outputs.need("secret-arn", values["secret-arn"], outputs.get("webhookSecretArn")),
    apiSecretArn: outputs.need("api-secret-arn", values["api-secret-arn"], outputs.get("apiSecretArn")),
    apiUrl: checkUrl("api-url", values["api-url"] ?? "https://api.fivetran.com"),
    rotate: values.rotate ?? false,
    remove: values.remove ?? false,
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
