// Causal attention of one head of one sequence, forward and backward.
// AssemblyScript. Pointers are byte addresses; sizes and leading dimensions (ld…) count floats; rows are padded to multiples of four.
import { exp4, sum4 } from "./elementary";
import { fx0, fx1, threefry } from "./dropout";
// ---- attention of one head of one sequence: the last nq of len positions ask, keys 0..own position answer. A dropped share is kept negative
// @ts-ignore
@inline
function dot(a:usize,b:usize,w:i32):f32{ let s4=f32x4.splat(0); let j=0; for(;j+4<=w;j+=4) s4=f32x4.relaxed_madd(v128.load(a+(j<<2)),v128.load(b+(j<<2)),s4); let s=sum4(s4); for(;j<w;j++) s+=load<f32>(a+(j<<2))*load<f32>(b+(j<<2)); return s; }
// @ts-ignore
@inline
function axpy(f:f32,a:usize,b:usize,w:i32):void{ const f4=f32x4.splat(f); let j=0; for(;j+4<=w;j+=4) v128.store(b+(j<<2),f32x4.relaxed_madd(f4,v128.load(a+(j<<2)),v128.load(b+(j<<2)))); for(;j<w;j++) store<f32>(b+(j<<2),load<f32>(b+(j<<2))+f*load<f32>(a+(j<<2))); }
export function attentionForward(nq:i32,len:i32,dh:i32,q:usize,ldq:usize,k:usize,v:usize,ldk:usize,probs:usize,lp:usize,out:usize,ldo:usize,limit:i32,keep:f32,seed:i32,site:i32,step:i32,base:u32,maxLen:u32):void{
  ldq<<=2; ldk<<=2; ldo<<=2; lp<<=2; const scale:f32=1.0/Mathf.sqrt(dh as f32);
  for(let i=0;i<nq;i++){ const last=len-nq+i; let m:f32=-3e38;
    for(let j=0;j<=last;j++){ const s=dot(q,k+(j as usize)*ldk,dh)*scale; store<f32>(probs+(j<<2),s); m=max(m,s); }
    for(let j=last+1;j<((last+4)&~3);j++) store<f32>(probs+(j<<2),-3e38);
    let s4=f32x4.splat(0); const mv=f32x4.splat(m); for(let j=0;j<=last;j+=4){ const e=exp4(f32x4.sub(v128.load(probs+(j<<2)),mv)); v128.store(probs+(j<<2),e); }
    let s:f32=0; for(let j=0;j<=last;j++) s+=load<f32>(probs+(j<<2)); s=1.0/s;
    for(let j=0;j<dh;j++) store<f32>(out+(j<<2),0);
    let block:u32=0xffffffff;
    for(let j=0;j<=last;j++){ const p=load<f32>(probs+(j<<2))*s; let on=true;
      if(limit>0){ const e=base+(last as u32)*maxLen+(j as u32); if((e>>2)!=block){ block=e>>2; threefry(seed,site,block as i32,step); } const w=(e>>1)&1?fx1:fx0; on=((e&1?((w as u32)>>16) as i32:w&0xffff))>=limit; }
      store<f32>(probs+(j<<2),on?p:-p); if(on) axpy(p*keep,v+(j as usize)*ldk,out,dh); }
    q+=ldq; probs+=lp; out+=ldo; }
}
export function attentionBackward(nq:i32,len:i32,dh:i32,q:usize,ldq:usize,k:usize,v:usize,ldk:usize,probs:usize,lp:usize,dOut:usize,ldo:usize,keep:f32,dq:usize,dk:usize,dv:usize,lddk:usize,work:usize):void{
  ldq<<=2; ldk<<=2; ldo<<=2; lp<<=2; lddk<<=2; const scale:f32=1.0/Mathf.sqrt(dh as f32);
  for(let i=0;i<nq;i++){ const last=len-nq+i; let total:f32=0;
    for(let j=0;j<=last;j++){ const p=load<f32>(probs+(j<<2)); let d:f32=0; if(p>0){ d=dot(dOut,v+(j as usize)*ldk,dh)*keep; axpy(p*keep,dOut,dv+(j as usize)*lddk,dh); } store<f32>(work+(j<<2),d); total+=Mathf.abs(p)*d; }
    for(let j=0;j<dh;j++) store<f32>(dq+(j<<2),0);
    for(let j=0;j<=last;j++){ const g=Mathf.abs(load<f32>(probs+(j<<2)))*(load<f32>(work+(j<<2))-total)*scale; axpy(g,k+(j as usize)*ldk,dq,dh); axpy(g,q,dk+(j as usize)*lddk,dh); }
    q+=ldq; probs+=lp; dOut+=ldo; dq+=ldq; }
}
