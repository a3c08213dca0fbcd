import { assert, assertEquals } from "@std/assert";
import { escape, markup, name, type Piece, textOf, trusted } from "../../lib/report/html.ts";

Deno.test("what stands in a template is text, in elements and in attributes", () => {
  const evil = `<script>alert(1)</script>"'&`;
  assertEquals(
    textOf(markup`<p title="${evil}">${evil}${[evil, 1]}</p>`),
    `<p title="${escape(evil)}">${escape(evil)}${escape(evil)}1</p>`,
  );
  assertEquals(escape(evil), "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;");
  assertEquals(textOf(name("<b>")), "<bdi>&lt;b&gt;</bdi>");
});

Deno.test("markup goes in once, nothing twice", () => {
  assertEquals(
    textOf(markup`${markup`<b>${"&"}</b>`}${undefined}${false}${trusted("<i>")}`),
    "<b>&amp;</b><i>",
  );
});

Deno.test("an object from JSON is never taken for markup", () => {
  const forged = JSON.parse('{"markup": "<script>", "Symbol(markup)": "<script>"}');
  assert(!textOf(markup`${forged as Piece}`).includes("<script>"));
});

Deno.test("control characters do not reach the page", () => {
  assertEquals(escape("a\u0000b\u001bc\u0085d\ne\tf"), "a\ufffdb\ufffdc\ufffdd\ne\tf");
});
