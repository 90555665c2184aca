import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentSpec } from "../../functions/shared/environment";
import { ArgumentError } from "./arguments";

/** A value for every variable that `environment.ts` declares: a missing one doesn't compile. */
export type EnvironmentInputs<S extends EnvironmentSpec> = {
  readonly [K in keyof S]: pulumi.Input<S[K] extends "integer" ? number : string>;
};

const secretName = /SECRET|PASSWORD|PASSWD|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIAL/i;
/** What points to a secret is none. */
const pointer = /_(ARN|ID|NAME|TABLE|PATH|PARAMETER)$/i;

/**
 * The variables as Lambda takes them. Anyone who may read the function's configuration reads them, so secrets are
 * refused, by name at once and by value as soon as it is known.
 *
 * @throws ArgumentError naming the variable
 */
export function functionEnvironment<S extends EnvironmentSpec>(
  owner: string,
  values: EnvironmentInputs<S>,
): Record<string, pulumi.Input<string>> {
  const variables: Record<string, pulumi.Input<string>> = {};
  for (const [name, value] of Object.entries<pulumi.Input<string | number>>(values)) {
    if (secretName.test(name) && !pointer.test(name)) throw refused(owner, name);
    variables[name] = pulumi.Output.isInstance(value)
      ? notSecret(owner, name, value)
      : pulumi.output(value).apply(String);
  }
  return variables;
}

function notSecret(owner: string, name: string, value: pulumi.Output<string | number>): pulumi.Output<string> {
  return pulumi.all([value, pulumi.isSecret(value)]).apply(([known, secret]) => {
    if (secret) throw refused(owner, name);
    return String(known);
  });
}

function refused(owner: string, name: string): ArgumentError {
  return new ArgumentError(
    owner,
    `environment.${name}`,
    "a secret",
    "Put it into Secrets Manager, give the function the secret's ARN, and let it read the value at start.",
  );
}
