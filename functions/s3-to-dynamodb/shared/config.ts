import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type PipelineConfig, SOURCE_DEFAULTS, type SourceConfig } from "./contract";

export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * Reads `config.json` beside the handler.
 * @param root folder of the function's code. @default LAMBDA_TASK_ROOT
 * @throws ConfigError when the file is missing or isn't a pipeline configuration.
 */
export function readPipelineConfig(root = process.env.LAMBDA_TASK_ROOT): PipelineConfig {
  if (!root) throw new ConfigError("LAMBDA_TASK_ROOT is not set: it names the folder with config.json.");
  const path = join(root, "config.json");
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new ConfigError(`${path} can't be read. The component puts it into the archive; deploy it again.`, { cause });
  }
  return parsePipelineConfig(text, path);
}

/** @throws ConfigError naming the first member that is missing. */
export function parsePipelineConfig(text: string, where = "config.json"): PipelineConfig {
  let parsed: Partial<PipelineConfig> | null;
  try {
    parsed = JSON.parse(text) as Partial<PipelineConfig> | null;
  } catch (cause) {
    throw new ConfigError(`${where} isn't JSON. Deploy the component again.`, { cause });
  }
  if (!Array.isArray(parsed?.sources) || typeof parsed.limits !== "object" || parsed.limits === null) {
    throw new ConfigError(`${where} has no sources or no limits. Deploy the component again.`);
  }
  parsed.sources.forEach((source: Partial<SourceConfig>, index) => {
    const missing = needed.filter((member) => source[member] === undefined);
    if (missing.length > 0) {
      throw new ConfigError(`${where}: sources[${index}] lacks ${missing.join(", ")}. Deploy the component again.`);
    }
  });
  return parsed as PipelineConfig;
}

/** A source without one of these isn't one of ours. */
const needed = [
  "name",
  "bucket",
  ...Object.entries(SOURCE_DEFAULTS).flatMap(([option, standard]) => (standard === undefined ? [] : [option])),
] as (keyof SourceConfig)[];

/** The source that an object belongs to: its bucket, and of several prefixes the longest, then the longest suffix. */
export function findSource(config: PipelineConfig, bucket: string, key: string): SourceConfig | undefined {
  let best: SourceConfig | undefined;
  for (const source of config.sources) {
    if (source.bucket !== bucket || !key.startsWith(source.prefix) || !key.endsWith(source.suffix)) continue;
    if (best === undefined || specificity(source) > specificity(best)) best = source;
  }
  return best;
}

// An S3 key has at most 1,024 bytes, so a prefix always outweighs a suffix.
function specificity(source: SourceConfig): number {
  return source.prefix.length * 2048 + source.suffix.length;
}

/** @throws ConfigError when a message names a source that the configuration no longer has. */
export function sourceByName(config: PipelineConfig, name: string): SourceConfig {
  const source = config.sources.find((candidate) => candidate.name === name);
  if (source === undefined) {
    throw new ConfigError(
      `Source "${name}" is not in config.json (it has ${config.sources.map((each) => each.name).join(", ") || "none"}). ` +
        "Add the source again, or purge its messages.",
    );
  }
  return source;
}
