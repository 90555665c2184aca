/** The whole file can't be taken, and trying again won't change that. The message says why and what to mend. */
export class FileRefused extends Error {
  override readonly name = "FileRefused";
}
