import type * as pulumi from "@pulumi/pulumi";
import * as snowflake from "@pulumi/snowflake";
import { accountObjectName } from "./accountObject";
import { grantedObject, type LoaderGrant, type Place } from "./grants";

/** A grant, and the resources that it is lost with: an object made anew under its old name has no grants. */
export interface GrantOn {
  readonly grant: LoaderGrant;
  readonly objects: readonly pulumi.Resource[];
}

/** The role with exactly these grants. */
export function loaderRole(
  component: string,
  place: pulumi.Output<Place>,
  grants: readonly GrantOn[],
  options: pulumi.CustomResourceOptions,
): snowflake.AccountRole {
  const role = new snowflake.AccountRole(
    `${component}-loader`,
    { name: accountObjectName(component, "LOADER"), comment: "Loads and looks after the tables" },
    options,
  );
  for (const { grant, objects } of grants) {
    new snowflake.GrantPrivilegesToAccountRole(
      `${component}-grant-${grant.key}`,
      { accountRoleName: role.name, privileges: [...grant.privileges], ...grantedOn(grant, place) },
      { ...options, dependsOn: [...objects], replaceWith: [...objects], deleteBeforeReplace: true },
    );
  }
  return role;
}

function grantedOn(grant: LoaderGrant, place: pulumi.Output<Place>) {
  const { objectType } = grant;
  const objectName = place.apply((known) => grantedObject(grant, known));
  if (objectType === "SCHEMA") return { onSchema: { schemaName: objectName } };
  if (objectType === "DATABASE" || objectType === "INTEGRATION") return { onAccountObject: { objectType, objectName } };
  return { onSchemaObject: { objectType, objectName } };
}
