import { assertEquals, assertMatch } from "@std/assert";
import { findVulkan } from "../../../scripts/gpu/vulkan.ts";

/** Runs with these variables of the environment unset, and takes away what the run sets. */
async function bare(run: (folder: string) => Promise<void>): Promise<void> {
  const names = ["VK_ADD_DRIVER_FILES", "VK_ICD_FILENAMES", "VK_DRIVER_FILES"];
  const before = names.map((name) => [name, Deno.env.get(name)] as const);
  names.forEach((name) => Deno.env.delete(name));
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a driver without its file gets one, a driver with its file does not", () =>
  bare(async (folder) => {
    for (const name of ["libvulkan.so.1", "libGLX_nvidia.so.0", "libEGL_nvidia.so.0"]) {
      await Deno.writeTextFile(`${folder}/${name}`, "");
    }
    await Deno.mkdir(`${folder}/icd.d`);
    const known = `${folder}/icd.d/nvidia_icd.json`;
    await Deno.writeTextFile(known, '{"ICD": {"library_path": "libGLX_nvidia.so.0"}}');
    const places = { libraries: [`${folder}/none`, folder], manifests: [`${folder}/icd.d`] };
    const found = await findVulkan(`${folder}/made`, places);
    const written = `${folder}/made/libEGL_nvidia.json`;
    assertEquals(found, {
      loader: `${folder}/libvulkan.so.1`,
      drivers: [`${folder}/libGLX_nvidia.so.0`, `${folder}/libEGL_nvidia.so.0`],
      manifests: [known, written],
      written: [written],
      missing: [],
    });
    assertEquals(
      JSON.parse(await Deno.readTextFile(written)).ICD.library_path,
      `${folder}/libEGL_nvidia.so.0`,
    );
    assertEquals(Deno.env.get("VK_ADD_DRIVER_FILES"), written);
    assertEquals(Deno.env.get("VK_ICD_FILENAMES"), `${known}:${written}`);
  }));

Deno.test("what is missing is named, and nothing is written", () =>
  bare(async (folder) => {
    const places = { libraries: [folder], manifests: [`${folder}/icd.d`] };
    const found = await findVulkan(`${folder}/made`, places);
    assertEquals([found.loader, found.drivers, found.written], [undefined, [], []]);
    assertMatch(found.missing[0], /libvulkan\.so\.1/);
    assertMatch(found.missing[1], /libGLX_nvidia\.so\.0 or libEGL_nvidia\.so\.0/);
    assertEquals(Deno.env.get("VK_ADD_DRIVER_FILES"), undefined);
  }));
