import { deployedName } from "../parts/naming";

/**
 * Name of an integration or a role, which a whole Snowflake account shares, for example
 * `DATA_PIPELINES_DEV_LANDING_STORAGE`.
 */
export function accountObjectName(component: string, part: string): string {
  const name = `${deployedName(component)}-${part}`.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
  return /^[0-9]/.test(name) ? `_${name}` : name;
}
