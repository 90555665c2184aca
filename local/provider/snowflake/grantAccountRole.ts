import { text } from "../core/properties";
import { defineResource } from "../core/resourceType";
import { get, put, remove } from "./service";

export const grantAccountRole = defineResource({
  type: "snowflake:index/grantAccountRole:GrantAccountRole",
  properties: {
    roleName: text({ required: true }),
    parentRoleName: text(),
    userName: text(),
  },
  check: ({ parentRoleName, userName }) =>
    (parentRoleName === undefined) === (userName === undefined)
      ? ["parentRoleName: give either parentRoleName or userName"]
      : [],
  async create(inputs) {
    const to = inputs.parentRoleName === undefined ? `USER|${inputs.userName}` : `ROLE|${inputs.parentRoleName}`;
    const id = `${inputs.roleName}|${to}`;
    await put("grants", id, { ...inputs });
    return { id };
  },
  async read(id) {
    return (await get("grants", id)) && {};
  },
  async delete(id) {
    await remove("grants", id);
  },
});
