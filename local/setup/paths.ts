import { join, resolve } from "node:path";

/** The repository's own folder. */
export const repository = resolve(__dirname, "..", "..");

/** Everything the local cloud installs, writes and logs; never committed. */
export const localFolder = join(repository, ".local");

export const binFolder = join(localFolder, "bin");
export const logFolder = join(localFolder, "logs");
