import { block, flag, text, texts } from "../core/properties";
import { defineResource, type ResourceType } from "../core/resourceType";
import type { Bag } from "../core/wire";
import { quoted } from "./identifier";
import { get, put, remove } from "./service";

const properties = {
  accountRoleName: text({ required: true, replaces: true }),
  privileges: texts(),
  allPrivileges: flag({ replaces: true }),
  withGrantOption: flag({ replaces: true }),
  onAccount: flag({ replaces: true }),
  onAccountObject: block<{ objectType: string; objectName: string }>()({ replaces: true }),
  onSchema: block<{ schemaName?: string; allSchemasInDatabase?: string; futureSchemasInDatabase?: string }>()({
    replaces: true,
  }),
  onSchemaObject: block<{ objectType?: string; objectName?: string; all?: Bag; future?: Bag }>()({ replaces: true }),
};

type Inputs = Parameters<ResourceType<typeof properties>["create"]>[0];

const targets = ["onAccount", "onAccountObject", "onSchema", "onSchemaObject"] as const;

export const grantPrivilegesToAccountRole = defineResource({
  type: "snowflake:index/grantPrivilegesToAccountRole:GrantPrivilegesToAccountRole",
  properties,
  check: (inputs) => {
    const given = targets.filter((target) => inputs[target] !== undefined && inputs[target] !== false);
    const problems: string[] = [];
    if (given.length !== 1) problems.push(`onAccount: give exactly one of ${targets.join(", ")}, not ${given.length}`);
    if ((inputs.privileges === undefined) === (inputs.allPrivileges !== true)) {
      problems.push("privileges: give either privileges or allPrivileges");
    }
    return problems;
  },
  async create(inputs) {
    // A grant to a role that isn't there is an error, as in Snowflake.
    if (!(await get("roles", quoted(inputs.accountRoleName)))) {
      throw new Error(`Role ${inputs.accountRoleName} does not exist or not authorized`);
    }
    const id = idOf(inputs);
    await put("grants", id, { ...inputs });
    return { id };
  },
  async read(id) {
    return (await get("grants", id)) && {};
  },
  async update(id, inputs) {
    await put("grants", id, { ...inputs });
    return {};
  },
  async delete(id) {
    await remove("grants", id);
  },
});

/** What is granted on what to whom; the privileges may change. */
function idOf(inputs: Inputs): string {
  const target = targets.find((name) => inputs[name] !== undefined && inputs[name] !== false);
  const on = target === undefined ? "" : JSON.stringify(inputs[target]);
  // Slashes would split the address that the registry knows the grant by.
  return `${inputs.accountRoleName}|${target}|${on}`.replaceAll("/", "|");
}
