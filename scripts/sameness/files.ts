/** Files and folders; nothing of the project, which this script outlives. */
import { dirname, join } from "node:path";
import type { JsonRecord } from "./compare.ts";

/** Every file below a folder by its path in it; none where there is no folder. */
export async function filesBelow(folder: string, below = ""): Promise<string[]> {
  const files: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(join(folder, below))) {
      if (isDirectory) files.push(...await filesBelow(folder, `${below}${name}/`));
      else files.push(`${below}${name}`);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return files;
}

export async function removeFolder(folder: string): Promise<void> {
  if (await exists(folder)) await Deno.remove(folder, { recursive: true });
}

export async function copyFolder(from: string, to: string): Promise<void> {
  if (!await exists(from)) throw new Error(`there is no ${from} to copy`);
  for (const file of await filesBelow(from)) {
    await copyFile(join(from, file), join(to, file));
  }
}

export async function copyFile(from: string, to: string): Promise<void> {
  await Deno.mkdir(dirname(to), { recursive: true });
  await Deno.copyFile(from, to);
}

export async function write(
  path: string,
  parts: readonly Uint8Array<ArrayBuffer>[],
): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeFile(path, new Blob([...parts]).stream());
}

export async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

export function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function secondsSince(begin: number): number {
  return (performance.now() - begin) / 1000;
}
