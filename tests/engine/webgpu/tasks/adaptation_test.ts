/** The GPU's adaptation: as PyTorch's. */
import { createWebGpuAdaptation } from "../../../../lib/engine/webgpu/tasks/adaptation.ts";
import { testAdaptation } from "../../adaptation_parity.ts";

testAdaptation("webgpu", createWebGpuAdaptation, 1);
