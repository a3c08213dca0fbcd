/** The page for browsers, in Chromium; one file, so that all share a bundle and a browser. */
import "./alone.ts";
import "./drop.ts";
import "./faults.ts";
import "./logs.ts";
import "./looks.ts";
import "./runs.ts";
