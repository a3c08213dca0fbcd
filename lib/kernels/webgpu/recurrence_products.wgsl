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
      if (elapsed < length${j}) {
        var sum = vec4f();
        for (var q = 0u; q < INNER_QUADS; q++) {
          let x = vectors[${j}u * INNER_QUADS + q];
          let w = MATRIX + q * 4u * COLUMNS + n;
#for i < 4
          sum = fma(weights[w + ${i}u * COLUMNS], vec4f(x[${i}]), sum);
#end
        }
        products[${j}u * COLUMNS + n] = sum;
      }
#end
    }
#end
