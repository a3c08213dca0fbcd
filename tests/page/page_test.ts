/** The page for browsers, in Chromium; one file, so that all of it shares a bundle and a browser. */
import "./alone.ts";
import "./faults.ts";
import "./logs.ts";
import "./looks.ts";
import "./runs.ts";
