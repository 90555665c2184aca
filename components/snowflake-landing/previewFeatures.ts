/** Features of the Snowflake provider that it calls preview, and that must be switched on for SnowflakeLanding. */
export const requiredPreviewFeatures: readonly string[] = [
  "snowflake_file_format_resource",
  "snowflake_notification_integration_resource",
  "snowflake_pipe_resource",
  "snowflake_stage_resource",
  "snowflake_storage_integration_resource",
  "snowflake_table_resource",
];

/** What to set, if anything is missing in the configuration `snowflake:previewFeaturesEnabled`. */
export function previewFeaturesMend(enabled: readonly string[], required: readonly string[]): string | undefined {
  const missing = required.filter((feature) => !enabled.includes(feature));
  if (missing.length === 0) return undefined;
  const all = [...new Set([...enabled, ...required])].sort();
  const set = all.map((feature, i) => `--path 'snowflake:previewFeaturesEnabled[${i}]' ${feature}`);
  return (
    `The Snowflake provider refuses these without being told so: ${missing.join(", ")} missing. Set them in the stack's ` +
    `configuration:\n${set.map((one) => `  pulumi config set ${one}`).join("\n")}\nor pass a snowflake.Provider with ` +
    "previewFeaturesEnabled: requiredPreviewFeatures."
  );
}
