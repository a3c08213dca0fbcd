/** Says each text once: every trial, run and worker tells of the same dead server or full disk. */
export function onceEach(warn: (text: string) => void): (text: string) => void {
  const said = new Set<string>();
  return (text) => {
    if (!said.has(text)) warn(text);
    said.add(text);
  };
}
