// Matrix products from packed panels; the 3×12 tile keeps nine vectors of C in registers.
// AssemblyScript. Pointers are byte addresses; sizes and leading dimensions (ld…) count floats; rows are padded to multiples of four.
import { tile1x4,tile1x8,tile1x12,tile2x4,tile2x8,tile2x12,tile3x4,tile3x8,tile3x12 } from "./tiles";
import { packB, packColumns, packRows } from "./packing";
function block3(N:i32,K:i32,a:usize,b:usize,c:usize,ldc:usize,add:bool):void{ const p:usize=(K as usize)*48; let n=N; while(n>=12){ tile3x12(K,a,b,c,ldc,add); b+=p; c+=48; n-=12; } if(n>4) tile3x8(K,a,b,c,ldc,add); else if(n>0) tile3x4(K,a,b,c,ldc,add); }
function block2(N:i32,K:i32,a:usize,b:usize,c:usize,ldc:usize,add:bool):void{ const p:usize=(K as usize)*48; let n=N; while(n>=12){ tile2x12(K,a,b,c,ldc,add); b+=p; c+=48; n-=12; } if(n>4) tile2x8(K,a,b,c,ldc,add); else if(n>0) tile2x4(K,a,b,c,ldc,add); }
function block1(N:i32,K:i32,a:usize,b:usize,c:usize,ldc:usize,add:bool):void{ const p:usize=(K as usize)*48; let n=N; while(n>=12){ tile1x12(K,a,b,c,ldc,add); b+=p; c+=48; n-=12; } if(n>4) tile1x8(K,a,b,c,ldc,add); else if(n>0) tile1x4(K,a,b,c,ldc,add); }
function panels(M:i32,N:i32,K:i32,ap:usize,bp:usize,c:usize,ldc:usize,add:bool):void{
  const panel:usize=((K as usize)+3>>2)<<6, np=(N+3)&~3; ldc<<=2;
  while(M>=3){ block3(np,K,ap,bp,c,ldc,add); ap+=panel; c+=3*ldc; M-=3; }
  if(M==2) block2(np,K,ap,bp,c,ldc,add); else if(M==1) block1(np,K,ap,bp,c,ldc,add);
}
// C [M x N] (+)= A [M x K] . packed B; scratch holds the packed A in pieces of rows
export function gemm(M:i32,N:i32,K:i32,a:usize,lda:usize,bp:usize,c:usize,ldc:usize,add:bool,scratch:usize):void{
  for(let m=0;m<M;m+=48){ const r=min(48,M-m); packRows(r,K,a+(m as usize)*lda*4,lda,scratch); panels(r,N,K,scratch,bp,c+(m as usize)*ldc*4,ldc,add); }
}
// C [M x N] += Aᵀ . B with A [K x M], B [K x N] row-major; K in pieces; scratch holds both packed
export function gemmTN(M:i32,N:i32,K:i32,a:usize,lda:usize,b:usize,ldb:usize,c:usize,ldc:usize,scratch:usize):void{
  const S=192; const pb=scratch+((M as usize)+2)/3*(S*16)+256;
  for(let k=0;k<K;k+=S){ const r=min(S,K-k); packColumns(M,r,a+(k as usize)*lda*4,lda,scratch); packB(r,N,b+(k as usize)*ldb*4,ldb,pb); panels(M,N,r,scratch,pb,c,ldc,true); }
}
