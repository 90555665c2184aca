/** A function's environment, declared once: the component supplies it, the handler parses it at start. */
export type EnvironmentSpec = Readonly<Record<string, "string" | "integer">>;

export type EnvironmentOf<S extends EnvironmentSpec> = {
  readonly [K in keyof S]: S[K] extends "integer" ? number : string;
};

export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
}

/** @throws EnvironmentError naming every variable that is missing or of the wrong form. */
export function parseEnvironment<S extends EnvironmentSpec>(
  spec: S,
  env: Readonly<Record<string, string | undefined>> = process.env,
): EnvironmentOf<S> {
  const problems: string[] = [];
  const parsed: Record<string, string | number> = {};
  for (const [name, kind] of Object.entries(spec)) {
    const text = env[name];
    if (text === undefined || text === "") {
      problems.push(`${name} is not set`);
    } else if (kind === "integer") {
      if (!/^-?\d+$/.test(text)) problems.push(`${name} is ${JSON.stringify(text)}, expected an integer`);
      else parsed[name] = Number(text);
    } else {
      parsed[name] = text;
    }
  }
  if (problems.length > 0) {
    throw new EnvironmentError(`${problems.join("; ")}. Set by the component that deploys this function.`);
  }
  return parsed as EnvironmentOf<S>;
}
