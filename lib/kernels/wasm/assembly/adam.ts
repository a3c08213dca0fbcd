// One step of Adam as torch.optim.Adam takes it, each parameter w for itself. With its gradient g,
// and its moments m and v,
//
//     m ← β₁·m + (1 − β₁)·g
//     v ← β₂·v + (1 − β₂)·g²
//     w ← w − size·m / (√v·correction + ε)
//
// At step t, size = learning rate / (1 − β₁ᵗ) and correction = 1 / √(1 − β₂ᵗ).
import { Adam } from "./blocks";
import { FLOAT, VECTOR } from "./layout";

export function adam(call: Adam): void {
  const w = call.parameters;
  const m = call.firstMoments;
  const v = call.secondMoments;
  const g = call.gradients;
  const size = f32x4.splat(call.size);
  const correction = f32x4.splat(call.correction);
  const epsilon = f32x4.splat(call.epsilon);
  const beta1 = f32x4.splat(call.beta1);
  const rest1 = f32x4.splat(call.rest1);
  const beta2 = f32x4.splat(call.beta2);
  const rest2 = f32x4.splat(call.rest2);
  const end = call.count * FLOAT;
  for (let i: usize = 0; i < end; i += VECTOR) {
    const gradient = v128.load(g + i);
    const first = f32x4.add(f32x4.mul(beta1, v128.load(m + i)), f32x4.mul(rest1, gradient));
    const second = f32x4.add(
      f32x4.mul(beta2, v128.load(v + i)),
      f32x4.mul(rest2, f32x4.mul(gradient, gradient)),
    );
    v128.store(m + i, first);
    v128.store(v + i, second);
    const below = f32x4.add(f32x4.mul(f32x4.sqrt(second), correction), epsilon);
    const change = f32x4.div(f32x4.mul(size, first), below);
    v128.store(w + i, f32x4.sub(v128.load(w + i), change));
  }
}
