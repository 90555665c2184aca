import { flag, number, text } from "../core/properties";
import { defineResource } from "../core/resourceType";
import { quoted } from "./identifier";
import { get, put, remove } from "./service";

export const warehouse = defineResource({
  type: "snowflake:index/warehouse:Warehouse",
  properties: {
    name: text({ replaces: true }),
    warehouseSize: text(),
    warehouseType: text(),
    autoSuspend: number(),
    autoResume: text(),
    initiallySuspended: flag({ onlyState: true }),
    minClusterCount: number(),
    maxClusterCount: number(),
    scalingPolicy: text(),
    statementTimeoutInSeconds: number(),
    comment: text(),
  },
  naming: { input: "name", upperCase: true },
  async create(inputs) {
    await put("warehouses", quoted(inputs.name), { ...inputs, name: quoted(inputs.name) });
    return { id: quoted(inputs.name), outputs: { fullyQualifiedName: quoted(inputs.name) } };
  },
  async read(id) {
    return (await get("warehouses", id)) && {};
  },
  async update(id, inputs) {
    await put("warehouses", id, { ...inputs, name: id });
    return {};
  },
  async delete(id) {
    await remove("warehouses", id);
  },
});
