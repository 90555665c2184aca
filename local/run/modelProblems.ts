import { fetchJson } from "../processes/localFetch";

interface ModelProblem {
  readonly service: string;
  readonly operation: string;
  readonly member: string;
  readonly constraint: string;
  readonly count: number;
}

/** AWS calls that the service's own API model would refuse, a line each. */
export async function modelProblems(awsEndpoint: string): Promise<string[]> {
  const { problems } = await fetchJson<{ problems: ModelProblem[] }>(`${awsEndpoint}/_local/model-problems`);
  return problems.map(
    ({ service, operation, member, constraint, count }) =>
      `AWS would refuse ${service}:${operation}: ${member} ${constraint} (${count}×)`,
  );
}
