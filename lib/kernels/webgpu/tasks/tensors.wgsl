// the tensor of a quad of the parameters
fn tensorOf(at: u32) -> u32 {
  if (at < HEAD_WEIGHT) { return TENSOR_HEAD_BIAS; }
  if (at < WEIGHT_IH) { return TENSOR_HEAD_WEIGHT; }
  if (at < WEIGHT_HH) { return TENSOR_WEIGHT_IH; }
  if (at < BIAS_IH) { return TENSOR_WEIGHT_HH; }
  if (at < BIAS_HH) { return TENSOR_BIAS_IH; }
  if (at < TABLE) { return TENSOR_BIAS_HH; }
  return TENSOR_TABLE;
}
