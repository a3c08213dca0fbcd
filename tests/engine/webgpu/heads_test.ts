import { createWebGpuEngine } from "../../../lib/engine/webgpu/engine.ts";
import { testHeads } from "../heads.ts";
import { gpuTest } from "./cases.ts";

testHeads("webgpu", createWebGpuEngine, { register: gpuTest });
testHeads(
  "webgpu, the catalogue in shards of 12",
  (options) => createWebGpuEngine(options, { allowSoftware: true, shardItems: 12 }),
  {
    register: gpuTest,
    only: ["a tied GRU of odd width, bpr_max", "a tied SASRec, gbce at every position"],
  },
);
