// Panels for the product kernels: A in rows of three, B in columns of twelve.
// AssemblyScript. Pointers are byte addresses; sizes and leading dimensions (ld…) count floats; rows are padded to multiples of four.
// ---- packing. Pointers in bytes, sizes and leading dimensions in floats; rows are padded to multiples of 4.
// A [M x K] row-major -> panels of 3 rows, [k][4]
export function packRows(M:i32,K:i32,a:usize,lda:usize,dst:usize):void{
  lda<<=2; const kb:usize=((K as usize)+3>>2)<<4;
  for(let m=0;m<M;m+=3){
    const p0=a,p1=m+1<M?a+lda:a,p2=m+2<M?a+2*lda:p1;
    for(let k:usize=0;k<kb;k+=16){
      const x=v128.load(p0+k),y=v128.load(p1+k),z=v128.load(p2+k);
      const lo=v128.shuffle<f32>(x,y,0,4,1,5),hi=v128.shuffle<f32>(x,y,2,6,3,7);
      v128.store(dst,v128.shuffle<f32>(lo,z,0,1,4,4)); v128.store(dst,v128.shuffle<f32>(lo,z,2,3,5,5),16);
      v128.store(dst,v128.shuffle<f32>(hi,z,0,1,6,6),32); v128.store(dst,v128.shuffle<f32>(hi,z,2,3,7,7),48);
      dst+=64;
    }
    a+=3*lda;
  }
}
// A given as its transpose [K x M] -> panels of 3 rows, [k][4]
export function packColumns(M:i32,K:i32,a:usize,lda:usize,dst:usize):void{
  lda<<=2; const panel:usize=((K as usize)+3>>2)<<6;
  for(let k=0;k<K;k++){ let d=dst,s=a; for(let m=0;m<M;m+=3){ v128.store(d,v128.load(s)); d+=panel; s+=12; } a+=lda; dst+=16; }
}
// B [K x N] row-major -> panels of 12 columns (then 8 or 4), [k][12]
export function packB(K:i32,N:i32,b:usize,ldb:usize,dst:usize):void{
  ldb<<=2; const np=(N+3)&~3, full=np/12, rest=np-12*full, panel:usize=(K as usize)*48; let r=dst+panel*full;
  for(let k=0;k<K;k++){ let d=dst,s=b;
    for(let n=0;n<full;n++){ v128.store(d,v128.load(s)); v128.store(d,v128.load(s,16),16); v128.store(d,v128.load(s,32),32); d+=panel; s+=48; }
    if(rest==8){ v128.store(r,v128.load(s)); v128.store(r,v128.load(s,16),16); r+=32; } else if(rest==4){ v128.store(r,v128.load(s)); r+=16; }
    b+=ldb; dst+=48; }
}
// B given as its transpose [N x K] -> the same panels; columns beyond N are zero
export function packBT(K:i32,N:i32,b:usize,ldb:usize,dst:usize):void{
  ldb<<=2; const np=(N+3)&~3, zero=f32x4.splat(0);
  for(let n=0;n<np;n+=12){ const w=min(12,np-n); const rb:usize=w<<2;
    for(let j=0;j<w;j+=4){ const c=n+j; const p0=b+ldb*c,p1=p0+ldb,p2=p1+ldb,p3=p2+ldb; let d=dst+(j<<2);
      for(let k=0;k<K;k+=4){ const o:usize=k<<2;
        const x=v128.load(p0+o), y=c+1<N?v128.load(p1+o):zero, z=c+2<N?v128.load(p2+o):zero, u=c+3<N?v128.load(p3+o):zero;
        const a0=v128.shuffle<f32>(x,y,0,4,1,5),a1=v128.shuffle<f32>(x,y,2,6,3,7),b0=v128.shuffle<f32>(z,u,0,4,1,5),b1=v128.shuffle<f32>(z,u,2,6,3,7);
        v128.store(d,v128.shuffle<f32>(a0,b0,0,1,4,5)); d+=rb; if(k+1<K){v128.store(d,v128.shuffle<f32>(a0,b0,2,3,6,7)); d+=rb;}
        if(k+2<K){v128.store(d,v128.shuffle<f32>(a1,b1,0,1,4,5)); d+=rb;} if(k+3<K){v128.store(d,v128.shuffle<f32>(a1,b1,2,3,6,7)); d+=rb;} } }
    dst+=(K as usize)*rb; }
}
