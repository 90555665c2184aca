import { rules } from "./rules";
import type { Definition } from "./types";

interface AslFinding {
  readonly "Error code": string;
  readonly Message: string;
}

type AslValidator = (definition: unknown) => { readonly errors: readonly AslFinding[] };

/** A definition that Step Functions would refuse, or that could wait for ever. */
export class DefinitionError extends Error {
  override readonly name = "DefinitionError";

  constructor(readonly problems: readonly string[]) {
    super(`The state machine's definition has ${problems.length} mistake(s):\n  ${problems.join("\n  ")}`);
  }
}

/**
 * Looks at a definition before anything is made of it: the language's own rules, JSONata included, then those that keep
 * a run from hanging.
 *
 * @throws DefinitionError naming each state and what is wrong with it
 */
export function validate(definition: Definition): void {
  const problems = [...languageProblems(definition), ...rules(definition)];
  if (problems.length > 0) throw new DefinitionError([...new Set(problems)]);
}

function languageProblems(definition: Definition): string[] {
  // Loaded here, because programs without an orchestration don't need it; it has no types of its own.
  const check: AslValidator = require("asl-validator");
  // It writes into what it is given.
  const { errors } = check(structuredClone(definition));
  return errors.map(({ "Error code": code, Message }) => `${place(Message)} (${code})`);
}

/** `/States/Take run lock/Arguments/Item is invalid` as `"Take run lock": /Arguments/Item is invalid`. */
function place(message: string): string {
  const path = /^((?:\/[^/]+)*)\/States\/([^/]+?)((?:\/| is ).*)$/s.exec(message);
  return path === null ? message : `"${path[2]}":${path[3]?.startsWith("/") ? ` ${path[3]}` : path[3]}`;
}
