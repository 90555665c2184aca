/** The local Snowflake: SQL where fakesnow knows it, the registry beside it for integrations, stages, pipes and the like. */
import { localFetch } from "../../processes/localFetch";

export type Kind = "integrations" | "notifications" | "formats" | "stages" | "pipes" | "tasks" | "roles" | "grants";

type Answer = Readonly<Record<string, unknown>>;

/** Runs statements, the last one's rows come back. @throws Error with what Snowflake says. */
export async function sql(statement: string): Promise<readonly Answer[]> {
  const answer = await call("POST", "sql", { sql: statement });
  return (answer?.rows ?? []) as readonly Answer[];
}

/** Whether a query finds anything; a database that is gone has nothing in it. */
export async function finds(query: string): Promise<boolean> {
  try {
    return (await sql(query)).length > 0;
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) return false;
    throw error;
  }
}

/** Makes or replaces an object; what is generated (External ID, channel) comes back. */
export async function put(kind: Kind, name: string, fields: Answer): Promise<Answer> {
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  return (await call("POST", kind, { name, ...given })) ?? {};
}

/** Undefined where it isn't there. */
export async function get(kind: Kind, name: string): Promise<Answer | undefined> {
  return call("GET", `${kind}/${encodeURIComponent(name)}`);
}

export async function remove(kind: Kind, name: string): Promise<void> {
  await call("DELETE", `${kind}/${encodeURIComponent(name)}`);
}

async function call(method: "GET" | "POST" | "DELETE", path: string, body?: Answer): Promise<Answer | undefined> {
  const endpoint = process.env.LOCAL_SNOWFLAKE_ENDPOINT;
  if (!endpoint) {
    throw new Error(
      "LOCAL_SNOWFLAKE_ENDPOINT isn't set: the local provider runs inside `npm run local` and its tests only",
    );
  }
  // An object that is put again is the same object; a statement may not be.
  const isRepeatable = path !== "sql";
  const headers = { "x-snowflake-role": process.env.LOCAL_SNOWFLAKE_ROLE ?? "" };
  const response = await localFetch(`${endpoint}/_local/${path}`, { method, body, headers, isRepeatable });
  const answer = (await response.json()) as Answer;
  if (response.status === 404 && method !== "POST") return undefined;
  if (!response.ok) throw new Error(`Snowflake refuses ${method} ${path}: ${String(answer.error ?? response.status)}`);
  return answer;
}
