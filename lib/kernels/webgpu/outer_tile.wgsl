    // c += Σ_k a[k]ᵀ·b[k] for the SIDE rows k whose quads a and b this thread has brought
    tileA[ty][tx] = a;
    tileB[ty][tx] = b;
    workgroupBarrier(); // the tiles are whole before any thread reads them
#for k < SIDE
    {
      let x = tileA[${k}u][ty];
      let y = tileB[${k}u][tx];
#for i < 4
      c${i} = fma(vec4f(x[${i}]), y, c${i});
#end
    }
#end
    workgroupBarrier(); // all have read before the next tiles take their place
