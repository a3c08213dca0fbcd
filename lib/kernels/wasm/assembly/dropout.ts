// Dropout masks, bit for bit those of lib/random/dropout.ts.
// AssemblyScript. Pointers are byte addresses; sizes and leading dimensions (ld…) count floats; rows are padded to multiples of four.
// ---- dropout: Threefry-2x32 with 13 rounds, four blocks of four elements at a time
// @ts-ignore
@inline
function rotl4(x:v128,r:i32):v128{ return v128.or(i32x4.shl(x,r),i32x4.shr_u(x,32-r)); }
// the two words of the last draw
export let fx0:i32=0;
export let fx1:i32=0;
export function threefry(k0:i32,k1:i32,c0:i32,c1:i32):void{
  const k2=0x1bd11bda^k0^k1; let a=c0+k0,b=c1+k1;
  a+=b; b=rotl(b,13)^a; a+=b; b=rotl(b,15)^a; a+=b; b=rotl(b,26)^a; a+=b; b=rotl(b,6)^a; a+=k1; b+=k2+1;
  a+=b; b=rotl(b,17)^a; a+=b; b=rotl(b,29)^a; a+=b; b=rotl(b,16)^a; a+=b; b=rotl(b,24)^a; a+=k2; b+=k0+2;
  a+=b; b=rotl(b,13)^a; a+=b; b=rotl(b,15)^a; a+=b; b=rotl(b,26)^a; a+=b; b=rotl(b,6)^a; a+=k0; b+=k1+3;
  a+=b; b=rotl(b,17)^a; fx0=a; fx1=b;
}
// @ts-ignore
@inline
function kept(i:u32,seed:i32,site:i32,step:i32,limit:i32):bool{ threefry(seed,site,(i>>2) as i32,step); const w=(i>>1)&1?fx1:fx0; return ((i&1?((w as u32)>>16) as i32:w&0xffff))>=limit; }
// x [n x w] (stride ld) times the mask of elements tokens[i]·w + j
export function dropoutRows(n:i32,w:i32,ld:usize,x:usize,tokens:usize,seed:i32,site:i32,step:i32,limit:i32,scale:f32):void{
  const k2=0x1bd11bda^seed^site, K0=i32x4.splat(seed),K1=i32x4.splat(site),K2=i32x4.splat(k2), C1=i32x4.splat(step+site), L=i32x4.splat(limit), S=f32x4.splat(scale), LO=i32x4.splat(0xffff);
  const K2a=i32x4.splat(k2+1),K0b=i32x4.splat(seed+2),K1c=i32x4.splat(site+3), lanes=i32x4(0,1,2,3);
  for(let t=0;t<n;t++){ const first=(load<i32>(tokens+(t<<2)) as u32)*(w as u32); let j=0; const p=x+(t as usize)*ld*4;
    if((w&3)==0) for(;j<w;j+=16){
      let a=i32x4.add(i32x4.add(i32x4.splat(((first+j)>>2) as i32),lanes),K0), b=C1;
      a=i32x4.add(a,b); b=v128.xor(rotl4(b,13),a); a=i32x4.add(a,b); b=v128.xor(rotl4(b,15),a); a=i32x4.add(a,b); b=v128.xor(rotl4(b,26),a); a=i32x4.add(a,b); b=v128.xor(rotl4(b,6),a); a=i32x4.add(a,K1); b=i32x4.add(b,K2a);
      a=i32x4.add(a,b); b=v128.xor(rotl4(b,17),a); a=i32x4.add(a,b); b=v128.xor(rotl4(b,29),a); a=i32x4.add(a,b); b=v128.xor(rotl4(b,16),a); a=i32x4.add(a,b); b=v128.xor(rotl4(b,24),a); a=i32x4.add(a,K2); b=i32x4.add(b,K0b);
      a=i32x4.add(a,b); b=v128.xor(rotl4(b,13),a); a=i32x4.add(a,b); b=v128.xor(rotl4(b,15),a); a=i32x4.add(a,b); b=v128.xor(rotl4(b,26),a); a=i32x4.add(a,b); b=v128.xor(rotl4(b,6),a); a=i32x4.add(a,K0); b=i32x4.add(b,K1c);
      a=i32x4.add(a,b); b=v128.xor(rotl4(b,17),a);
      const m0=i32x4.ge_s(v128.and(a,LO),L),m1=i32x4.ge_s(i32x4.shr_u(a,16),L),m2=i32x4.ge_s(v128.and(b,LO),L),m3=i32x4.ge_s(i32x4.shr_u(b,16),L);
      const u0=v128.shuffle<i32>(m0,m1,0,4,1,5),u1=v128.shuffle<i32>(m0,m1,2,6,3,7),v0=v128.shuffle<i32>(m2,m3,0,4,1,5),v1=v128.shuffle<i32>(m2,m3,2,6,3,7); const q=p+(j<<2);
      v128.store(q,v128.and(f32x4.mul(v128.load(q),S),v128.shuffle<i32>(u0,v0,0,1,4,5)));
      if(j+4<w) v128.store(q,v128.and(f32x4.mul(v128.load(q,16),S),v128.shuffle<i32>(u0,v0,2,3,6,7)),16);
      if(j+8<w) v128.store(q,v128.and(f32x4.mul(v128.load(q,32),S),v128.shuffle<i32>(u1,v1,0,1,4,5)),32);
      if(j+12<w) v128.store(q,v128.and(f32x4.mul(v128.load(q,48),S),v128.shuffle<i32>(u1,v1,2,3,6,7)),48);
    } else for(;j<w;j++) store<f32>(p+(j<<2),kept(first+j,seed,site,step,limit)?load<f32>(p+(j<<2))*scale:0);
  }
}
