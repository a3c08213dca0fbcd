    // products[j, part, column] = Σ over the part of vectors[j]·matrix, for the windows j that are
    // longer than `elapsed` time steps
#if IN_REGISTERS
#for j < WINDOWS
    if (busy && elapsed < length${j}) {
      var sum = vec4f();
#for q < DEPTH
      {
        let x = vectors[${j}u * INNER_QUADS + part + ${q}u];
#for i < 4
        sum = fma(w${q}_${i}, vec4f(x[${i}]), sum);
#end
      }
#end
      products[${j}u * PARTS * COLUMNS + thread] = sum;
    }
#end
#else
    for (var n = thread; n < COLUMNS; n += SIZE) {
#for j < WINDOWS
      var sum${j} = vec4f();
#end
      for (var q = 0u; q < INNER_QUADS; q += UNROLL) {
        let w = MATRIX + q * 4u * COLUMNS + n;
#for u < UNROLL
#for i < 4
        let w${u}_${i} = weights[w + (4u * ${u}u + ${i}u) * COLUMNS];
#end
#end
#for j < WINDOWS
        if (elapsed < length${j}) {
#for u < UNROLL
          {
            let x = vectors[${j}u * INNER_QUADS + q + ${u}u];
#for i < 4
            sum${j} = fma(w${u}_${i}, vec4f(x[${i}]), sum${j});
#end
          }
#end
        }
#end
      }
#for j < WINDOWS
      if (elapsed < length${j}) { products[${j}u * COLUMNS + n] = sum${j}; }
#end
    }
#end
