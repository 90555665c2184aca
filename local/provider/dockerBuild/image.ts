import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type LocalRequest, localFetch } from "../../processes/localFetch";
import { endpoint } from "../aws/clients";
import { block, flag, text, texts } from "../core/properties";
import { defineResource, type ResourceType } from "../core/resourceType";

const properties = {
  tags: texts({ required: true }),
  context: block<{ readonly location: string }>()({ required: true }),
  dockerfile: block<{ readonly location?: string }>()(),
  buildArgs: block<Readonly<Record<string, string>>>()(),
  platforms: texts(),
  target: text(),
  network: text(),
  push: flag({ required: true }),
  buildOnPreview: flag({ onlyState: true }),
};

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

async function build({ tags, context, dockerfile }: Inputs) {
  const folder = resolve(context.location);
  const contextHash = await hashOf(folder);
  const digest = `sha256:${contextHash}`;
  const [tag = ""] = tags;
  const ref = `${tag}@${digest}`;
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
