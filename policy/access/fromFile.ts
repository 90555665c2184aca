/** The resources of `pulumi stack export` or `pulumi preview --json`. */
import { readStateFile, StateFileError } from "../model/stateFile";
import { AccessError, type GraphResource } from "./graph";

/** @throws AccessError where it is neither */
export function fromFile(name: string, content: string): GraphResource[] {
  try {
    return readStateFile(name, content).map(({ type, urn, inputs, outputs }) => ({
      type,
      name: urn.split("::").pop() ?? urn,
      props: { ...inputs, ...outputs },
    }));
  } catch (error) {
    if (error instanceof StateFileError) throw new AccessError(error.message);
    throw error;
  }
}
