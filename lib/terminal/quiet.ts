/** What libraries say on stderr by themselves and nobody can act upon. */

/**
 * Lets Mesa's Vulkan find no Wayland session without complaining that none was named. `/dev/null`
 * is no folder, so that nobody can put a session there. Without leave to set it the complaint
 * stays.
 */
export function quietLibraries(): void {
  if (Deno.build.os !== "linux") return;
  try {
    if (!Deno.env.get("XDG_RUNTIME_DIR")) Deno.env.set("XDG_RUNTIME_DIR", "/dev/null");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
  }
}
