import * as pulumi from "@pulumi/pulumi";

/** Features of the Snowflake provider that it calls preview, and that must be switched on for SnowflakeLanding. */
export const requiredPreviewFeatures: readonly string[] = [
  "snowflake_file_format_resource",
  "snowflake_notification_integration_resource",
  "snowflake_pipe_resource",
  "snowflake_stage_resource",
  "snowflake_storage_integration_resource",
  "snowflake_table_resource",
];

/** What a landing makes, as far as preview features depend on it. */
export interface ProviderNeeds {
  readonly errorNotifications: boolean;
  readonly pipes: boolean;
}

/**
 * Holds the default provider's configuration against what it needs to sign in and to make these resources, so that a
 * wrong one is reported before anything is made. A provider that is passed in answers for itself: its configuration can't
 * be read here.
 *
 * @throws pulumi.RunError with the commands to run
 */
export function checkProviderConfig(
  owner: string,
  provider: pulumi.ProviderResource | undefined,
  { errorNotifications, pipes }: ProviderNeeds,
): void {
  if (provider !== undefined) return;
  const config = new pulumi.Config("snowflake");
  const signIn = signInProblem((key) => config.get(key) || process.env[environmentName(key)] || "");
  if (signIn !== undefined) throw new pulumi.RunError(`${owner}: ${signIn}`);
  const needed = requiredPreviewFeatures.filter(
    (feature) =>
      (feature !== "snowflake_notification_integration_resource" || errorNotifications) &&
      (feature !== "snowflake_pipe_resource" || pipes),
  );
  const missing = previewFeaturesProblem(config.getObject<string[]>("previewFeaturesEnabled") ?? [], needed);
  if (missing !== undefined) throw new pulumi.RunError(`${owner}: ${missing}`);
}

/** `privateKey` becomes `SNOWFLAKE_PRIVATE_KEY`: where the provider looks beside its configuration. */
function environmentName(key: string): string {
  return `SNOWFLAKE_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

const commands: Readonly<Record<string, string>> = {
  organizationName: "pulumi config set snowflake:organizationName <organisation>",
  accountName: "pulumi config set snowflake:accountName <account>",
  user: "pulumi config set snowflake:user <user>",
  role: "pulumi config set snowflake:role <role that deploys>",
  authenticator: "pulumi config set snowflake:authenticator SNOWFLAKE_JWT",
  privateKey: "pulumi config set --secret snowflake:privateKey < rsa_key.p8",
};

/**
 * Why the provider couldn't sign in with these settings; undefined if nothing speaks against it.
 *
 * The provider signs in with a key pair only when the authenticator says so; a private key alone is ignored and the
 * sign-in fails for want of a password. Without a role it acts in the user's default role, which would own everything.
 *
 * @param setting value of a key of the configuration, or empty
 */
export function signInProblem(setting: (key: string) => string): string | undefined {
  // The profile's file holds the rest.
  if (setting("profile") !== "") return undefined;
  const keyPair = setting("privateKey") !== "";
  const authenticator = setting("authenticator").toUpperCase();
  if (keyPair && setting("password") !== "") {
    return "snowflake:privateKey and snowflake:password are both set, which the provider refuses. Fix: pulumi config rm snowflake:password";
  }
  const otherWay = !["", "SNOWFLAKE", "SNOWFLAKE_JWT"].includes(authenticator) || setting("password") !== "";
  const needed = [
    "organizationName",
    "accountName",
    "user",
    "role",
    ...(otherWay ? [] : ["authenticator", "privateKey"]),
  ];
  const missing = needed.filter(
    (key) => setting(key) === "" || (key === "authenticator" && authenticator !== "SNOWFLAKE_JWT"),
  );
  if (missing.length === 0) return undefined;
  const told = missing.map((key) =>
    key === "authenticator" && keyPair
      ? "snowflake:authenticator isn't SNOWFLAKE_JWT, so that the private key wouldn't be used"
      : `snowflake:${key} isn't set`,
  );
  return (
    `The Snowflake provider can't sign in as it should: ${told.join("; ")}. Fix:\n${missing.map((key) => `  ${commands[key]}`).join("\n")}\n` +
    "or set SNOWFLAKE_… environment variables, or snowflake:profile, or pass a snowflake.Provider in opts.providers."
  );
}

/** What to set, if anything is missing in the configuration `snowflake:previewFeaturesEnabled`. */
export function previewFeaturesProblem(enabled: readonly string[], required: readonly string[]): string | undefined {
  const missing = required.filter((feature) => !enabled.includes(feature));
  if (missing.length === 0) return undefined;
  const all = [...new Set([...enabled, ...required])].sort();
  const set = all.map((feature, i) => `  pulumi config set --path 'snowflake:previewFeaturesEnabled[${i}]' ${feature}`);
  return (
    "The Snowflake provider refuses resources that it calls preview until they are switched on. Missing in " +
    `snowflake:previewFeaturesEnabled: ${missing.join(", ")}. Fix:\n${set.join("\n")}\n` +
    "or pass a snowflake.Provider with previewFeaturesEnabled: requiredPreviewFeatures in opts.providers."
  );
}
