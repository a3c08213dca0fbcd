/**
 * What a Linux machine has of Vulkan: the loader, NVIDIA's two driver libraries, and the files that
 * tell the loader of a driver. In containers the libraries are often there and the files are not:
 * those are written then, before anything asks for an adapter.
 */

/** NVIDIA's Vulkan drivers: the second one needs no display server. */
const DRIVERS = ["libGLX_nvidia.so.0", "libEGL_nvidia.so.0"];

const LIBRARIES = [
  "/usr/lib/x86_64-linux-gnu",
  "/usr/lib/aarch64-linux-gnu",
  "/usr/lib64",
  "/usr/lib",
  "/usr/local/nvidia/lib64",
  "/usr/local/lib",
  "/run/opengl-driver/lib",
];
const MANIFESTS = ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d", "/usr/local/share/vulkan/icd.d"];

/** What was found, and what was done about what was not. */
export interface VulkanFound {
  /** Path of libvulkan.so.1. */
  readonly loader?: string;
  /** Paths of NVIDIA's drivers. */
  readonly drivers: readonly string[];
  /** Files that tell the loader of drivers, and those of them that this program wrote. */
  readonly manifests: readonly string[];
  readonly written: readonly string[];
  /** What is missing, for people. */
  readonly missing: readonly string[];
}

/** Where to look. */
export interface Places {
  readonly libraries: readonly string[];
  readonly manifests: readonly string[];
}

/** Looks, and writes what is absent into `folder`. Changes the environment of this process. */
export async function findVulkan(
  folder: string,
  places: Places = {
    libraries: librariesOf(Deno.env.get("LD_LIBRARY_PATH")),
    manifests: MANIFESTS,
  },
): Promise<VulkanFound> {
  const loader = await firstIn(places.libraries, "libvulkan.so.1");
  const found = await Promise.all(DRIVERS.map((name) => firstIn(places.libraries, name)));
  const drivers = found.filter((path) => path !== undefined);
  const manifests = (await Promise.all(places.manifests.map(filesIn))).flat();
  const texts = await Promise.all(manifests.map((path) => Deno.readTextFile(path)));
  const written: string[] = [];
  for (const [i, path] of found.entries()) {
    if (path === undefined || texts.some((text) => text.includes(DRIVERS[i]))) continue;
    const manifest = `${folder}/${DRIVERS[i].replace(/\.so\.0$/, "")}.json`;
    const icd = { library_path: path, api_version: "1.3.0" };
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(manifest, JSON.stringify({ file_format_version: "1.0.0", ICD: icd }));
    written.push(manifest);
  }
  if (written.length > 0) {
    // the newer name adds to what the loader finds; older loaders know only the other, for all
    const of = (name: string, paths: readonly string[]) => {
      const before = Deno.env.get(name);
      Deno.env.set(name, [...before === undefined ? [] : [before], ...paths].join(":"));
    };
    of("VK_ADD_DRIVER_FILES", written);
    if (Deno.env.get("VK_DRIVER_FILES") === undefined) {
      of("VK_ICD_FILENAMES", [...manifests, ...written]);
    }
  }
  return {
    loader,
    drivers,
    manifests: [...manifests, ...written],
    written,
    missing: [
      ...loader === undefined
        ? [
          "the Vulkan loader libvulkan.so.1 (Debian, Ubuntu: libvulkan1; Red Hat: vulkan-loader)",
        ]
        : [],
      ...drivers.length === 0
        ? [
          `NVIDIA's Vulkan driver (${DRIVERS.join(" or ")}); in a container ` +
          "NVIDIA_DRIVER_CAPABILITIES=all brings it",
        ]
        : [],
    ],
  };
}

function librariesOf(added = ""): string[] {
  return [...added.split(":").filter((path) => path !== ""), ...LIBRARIES];
}

async function firstIn(folders: readonly string[], name: string): Promise<string | undefined> {
  for (const folder of folders) {
    const path = `${folder}/${name}`;
    if (await Deno.stat(path).then(() => true, () => false)) return path;
  }
  return undefined;
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
    return names.filter((name) => name.endsWith(".json")).sort().map((name) => `${folder}/${name}`);
  } catch {
    return []; // absent, or not for us
  }
}
