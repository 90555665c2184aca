import { text } from "../core/properties";
import { defineResource } from "../core/resourceType";
import { quoted } from "./identifier";
import { get, put, remove } from "./service";

export const accountRole = defineResource({
  type: "snowflake:index/accountRole:AccountRole",
  properties: { name: text({ replaces: true }), comment: text() },
  naming: { input: "name", upperCase: true },
  async create({ name, comment }) {
    await put("roles", quoted(name), { comment });
    return { id: quoted(name), outputs: { fullyQualifiedName: quoted(name) } };
  },
  async read(id) {
    return (await get("roles", id)) && {};
  },
  async update(id, { comment }) {
    await put("roles", id, { comment });
    return {};
  },
  async delete(id) {
    await remove("roles", id);
  },
});
