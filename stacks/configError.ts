/** Everything that is wrong with a stack's configuration, one line a key. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";

  constructor(
    stack: string,
    readonly lines: readonly string[],
  ) {
    super(`Pulumi.${stack}.yaml has ${lines.length} mistake(s):\n${lines.map((line) => `  ${line}`).join("\n")}`);
  }
}
