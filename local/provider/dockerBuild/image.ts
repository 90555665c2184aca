import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type LocalRequest, localFetch } from "../../processes/localFetch";
import { endpoint } from "../aws/clients";
import { block, blocks, flag, text, texts } from "../core/properties";
import { defineResource, type ResourceType } from "../core/resourceType";

const properties = {
  tags: texts(),
  exports: blocks<{ readonly registry?: RegistryExport }>()(),
  registries: blocks<{ readonly address: string; readonly username?: string; readonly password?: string }>()({
    onlyState: true,
  }),
  context: block<{ readonly location: string }>()({ required: true }),
  dockerfile: block<{ readonly location?: string }>()(),
  buildArgs: block<Readonly<Record<string, string>>>()(),
  platforms: texts(),
  target: text(),
  network: text(),
  push: flag(),
  buildOnPreview: flag({ onlyState: true }),
};

interface RegistryExport {
  readonly names?: readonly string[];
  readonly push?: boolean;
  readonly pushByDigest?: boolean;
}

type Inputs = Parameters<ResourceType<typeof properties>["create"]>[0];

/**
 * An image without Docker: the build is noted with the services, which run the image's own files in its containers.
 * Changed files are seen when the resource is made anew, not by a diff.
 */
export const image = defineResource({
  type: "docker-build:index:Image",
  properties,
  async create(inputs) {
    const outputs = await build(inputs);
    return { id: outputs.ref, outputs };
  },
  async read(id) {
    const images = await told<{ images: { uri: string }[] }>({ method: "GET" });
    return images.images.some(({ uri }) => uri === id) ? { ref: id } : undefined;
  },
  update: (_id, inputs) => build(inputs),
  async delete() {
    // What is in a registry stays there until the registry goes, as with the real plugin.
  },
});

async function build({ tags = [], exports = [], push = false, context, dockerfile }: Inputs) {
  const folder = resolve(context.location);
  const contextHash = await hashOf(folder);
  const digest = `sha256:${contextHash}`;
  const names = exports.flatMap(({ registry }) => (registry?.push === false ? [] : (registry?.names ?? [])));
  const [name] = push ? tags : names;
  if (name === undefined) throw new Error("at least one tag or export name is needed when pushing to a registry");
  if (push && exports.length > 0) throw new Error("simultaneous push and exports need more than one exporter");
  if (!push && !exports.every(({ registry }) => registry?.pushByDigest)) {
    throw new Error("the local cloud's registry takes an export by its digest alone; a tag goes with push");
  }
  const ref = `${name}@${digest}`;
  const location = dockerfile?.location && resolve(dockerfile.location);
  await told({ method: "POST", body: { uri: ref, context: folder, dockerfile: location }, isRepeatable: true });
  return { ref, digest, contextHash };
}

async function told<T>(request: LocalRequest): Promise<T> {
  const answer = await localFetch(`${endpoint()}/_local/images`, request);
  const body = await answer.text();
  if (!answer.ok) throw new Error(`the image can't be noted: ${body}`);
  return JSON.parse(body) as T;
}

async function hashOf(folder: string): Promise<string> {
  const hash = createHash("sha256");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  for (const file of files.sort()) hash.update(file.slice(folder.length)).update(await readFile(file));
  return hash.digest("hex");
}
