/** The page asks nothing of anybody. */
import { assert, assertEquals } from "@std/assert";
import { browserTest } from "./in_page.ts";

browserTest("the page may ask nothing of anybody", async (place) => {
  const { page, heard } = await place.open("server");
  const refused = await page.evaluate(`(async () => {
    const violations = [];
    document.addEventListener("securitypolicyviolation", (event) =>
      violations.push(event.violatedDirective));
    const tries = [fetch("/page.css"), fetch("http://127.0.0.1:1/")];
    const failed = await Promise.all(tries.map((each) => each.then(() => false, () => true)));
    const image = document.body.appendChild(new Image());
    image.src = "/page.css";
    navigator.sendBeacon("/page.css", "x");
    const script = document.createElement("script");
    script.textContent = "globalThis.ran = true";
    document.body.append(script);
    await new Promise((resolve) => setTimeout(resolve, 100));
    return [failed, "ran" in globalThis, violations.sort()];
  })()`);
  assertEquals(refused, [
    [true, true],
    false,
    ["connect-src", "connect-src", "connect-src", "img-src", "script-src-elem"],
  ]);
  assert(heard.every((line) => /Content Security Policy|Fetch API/.test(line)), heard.join("\n"));
});
