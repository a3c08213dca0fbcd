/** Paths and file URLs, under one roof with the same names as elsewhere. */
import { fileURLToPath, pathToFileURL } from "node:url";

/** The path of a file URL. */
export const fromFileUrl = (url: URL): string => fileURLToPath(url);
/** The file URL of a path, as text. */
export const toFileUrl = (path: string): string => pathToFileURL(path).href;
