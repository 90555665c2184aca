import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";

/** A zip archive with these members. */
export async function zipOf(members: Readonly<Record<string, Buffer>>): Promise<Buffer> {
  const archive = new ZipFile();
  for (const [name, body] of Object.entries(members)) archive.addBuffer(body, name);
  archive.end();
  return buffer(archive.outputStream);
}
