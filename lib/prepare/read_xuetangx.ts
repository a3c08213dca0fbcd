export interface EventType {
  readonly type: string;
  readonly events: number;
  readonly kept: boolean;
}
// deno-lint-ignore no-explicit-any require-await
export async function readXuetangX(
  ..._: any[]
): Promise<{ eventTypes: EventType[]; malformed: { line: number; place: string; fault: string }[] }> {
  throw new Error("later");
}
