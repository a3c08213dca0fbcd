/**
 * A folder as a tar archive (POSIX ustar): files only, sorted, without times and owners, so that
 * the same files give the same bytes. Shell scripts may be run.
 */

const BLOCK = 512;

/**
 * The archive of all files below `folder`. @throws RangeError for a path that ustar cannot hold.
 */
export async function tarOf(folder: string): Promise<Uint8Array<ArrayBuffer>> {
  const blocks: Uint8Array[] = [];
  for (const path of await filesBelow(folder)) {
    const contents = await Deno.readFile(`${folder}/${path}`);
    blocks.push(
      header(path, contents.length),
      contents,
      new Uint8Array(-contents.length & (BLOCK - 1)),
    );
  }
  blocks.push(new Uint8Array(2 * BLOCK));
  return new Uint8Array(await new Blob(blocks as BlobPart[]).arrayBuffer());
}

/** Paths of all files below a folder, relative to it, sorted. */
export async function filesBelow(folder: string, prefix = ""): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${prefix}`)) {
    if (isDirectory) paths.push(...await filesBelow(folder, `${prefix}${name}/`));
    else paths.push(prefix + name);
  }
  return paths.sort();
}

function header(path: string, bytes: number): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const encoder = new TextEncoder();
  const put = (offset: number, text: string) => block.set(encoder.encode(text), offset);
  const octal = (offset: number, value: number, digits: number) =>
    put(offset, `${value.toString(8).padStart(digits, "0")}\0`);
  const [prefix, name] = splitPath(path);
  put(0, name);
  octal(100, path.endsWith(".sh") ? 0o755 : 0o644, 7);
  octal(108, 0, 7);
  octal(116, 0, 7);
  octal(124, bytes, 11);
  octal(136, 0, 11);
  put(148, "        "); // the checksum counts itself as spaces
  put(156, "0");
  put(257, "ustar\x0000");
  put(345, prefix);
  octal(148, block.reduce((sum, byte) => sum + byte, 0), 6);
  return block;
}

/** Up to 100 bytes of name and 155 of the folders before it. */
function splitPath(path: string): [prefix: string, name: string] {
  const length = (text: string) => new TextEncoder().encode(text).length;
  if (length(path) <= 100) return ["", path];
  for (let cut = path.indexOf("/"); cut >= 0; cut = path.indexOf("/", cut + 1)) {
    if (length(path.slice(cut + 1)) <= 100 && length(path.slice(0, cut)) <= 155) {
      return [path.slice(0, cut), path.slice(cut + 1)];
    }
  }
  throw new RangeError(`${path} is too long for a tar archive`);
}
