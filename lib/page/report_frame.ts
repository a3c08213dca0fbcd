/// <reference lib="dom" />
/** The report inside the page, as high as it is. */

/** Shows the report's markup in the frame; it holds no script, and the frame would run none. */
export function fitReport(frame: HTMLIFrameElement, markup: string): void {
  frame.onload = () => {
    const { documentElement: root } = frame.contentDocument!;
    const fit = () => frame.height = `${root.scrollHeight}`;
    new ResizeObserver(fit).observe(root);
    fit();
  };
  frame.srcdoc = markup;
}
