/** How a user gives a task more than it may by itself, as words for a shell. */

/**
 * Variables before a task that let it read the folder, and write it too. The shell parts the flags
 * of BASELINES_ALLOW at spaces; BASELINES_READ and BASELINES_WRITE name one place each, which is
 * there.
 */
export function folderAllowance(folder: string, writes: boolean): string {
  if (/\s/.test(folder)) {
    const read = `BASELINES_READ=${quoted(folder)}`;
    const write = `BASELINES_WRITE=${quoted(folder)}`;
    return writes ? `mkdir -p ${quoted(folder)} && ${read} ${write}` : read;
  }
  const read = `--allow-read=${folder}`;
  return flagAllowance(writes ? `${read} --allow-write=${folder}` : read);
}

/** The variable before a task that gives it these flags. */
export function flagAllowance(flags: string): string {
  return `BASELINES_ALLOW=${quoted(flags)}`;
}

function quoted(text: string): string {
  return `"${text.replace(/["$`\\]/g, "\\$&")}"`;
}
