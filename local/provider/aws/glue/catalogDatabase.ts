import {
  CreateDatabaseCommand,
  DeleteDatabaseCommand,
  GetDatabaseCommand,
  UpdateDatabaseCommand,
} from "@aws-sdk/client-glue";
import { block, tags, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { account, glue, region } from "../clients";
import { found, unlessGone } from "../errors";

export const catalogDatabase = defineResource({
  type: "aws:glue/catalogDatabase:CatalogDatabase",
  properties: {
    name: text({ replaces: true }),
    description: text(),
    locationUri: text(),
    parameters: block<Readonly<Record<string, string>>>()(),
    tags: tags(),
  },
  naming: { input: "name", lowercase: true },
  async create(inputs) {
    await glue().send(new CreateDatabaseCommand({ DatabaseInput: inputOf(inputs), Tags: { ...inputs.tags } }));
    const arn = `arn:aws:glue:${region}:${account}:database/${inputs.name}`;
    return {
      id: `${account}:${inputs.name}`,
      outputs: { arn, catalogId: account, tagsAll: inputs.tags ?? {} },
    };
  },
  async read(id) {
    const seen = await found(() => glue().send(new GetDatabaseCommand({ Name: nameOf(id) })));
    return seen && { name: seen.Database?.Name };
  },
  async update(id, inputs) {
    await glue().send(new UpdateDatabaseCommand({ Name: nameOf(id), DatabaseInput: inputOf(inputs) }));
    return { tagsAll: inputs.tags ?? {} };
  },
  async delete(id) {
    await unlessGone(() => glue().send(new DeleteDatabaseCommand({ Name: nameOf(id) })));
  },
});

/** The id is `<account>:<name>`, as the real provider's. */
function nameOf(id: string): string {
  return id.slice(id.indexOf(":") + 1);
}

interface Inputs {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly locationUri?: string | undefined;
  readonly parameters?: Readonly<Record<string, string>> | undefined;
}

function inputOf({ name, description, locationUri, parameters }: Inputs) {
  return {
    Name: name,
    Description: description,
    LocationUri: locationUri,
    Parameters: parameters && { ...parameters },
  };
}
