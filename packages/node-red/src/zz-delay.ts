import { writeWav } from '@stepvoice/core/audio';
import { fakeNode } from './kit/testing/fake-host.ts';
import { createAudio } from './nodes/audio/audio-node.ts';
import { audioDefinition } from './nodes/audio/definition.ts';
const tone = new Int16Array(31200); for (let i=0;i<12000;i++) tone[9600+i]=Math.round(8000*Math.sin(2*Math.PI*440*i/24000));
const long = new Int16Array(5*1024*1024); for (let at=0; at+tone.length<long.length; at+=tone.length) long.set(tone, at);
const payload = Buffer.from(writeWav({samples:long, sampleRate:24000}));
const cpu = () => { const u=(process as any).threadCpuUsage(); return (u.user+u.system)/1000; };
for (const operation of ['convert','trim','normalize','info','split','gain','join']) {
  const node = fakeNode(audioDefinition.properties, createAudio, { config: { operation, sampleRate:'16000', gainDb: 3, frameMs: 20 } });
  const go = async (p: unknown) => { const {dones}=node.input({payload:p}); let last=cpu(), worst=0, wall=performance.now(), worstWall=0; while(!dones.length) { await new Promise(r=>setImmediate(r)); const now=cpu(); worst=Math.max(worst,now-last); last=now; const w=performance.now(); worstWall=Math.max(worstWall,w-wall); wall=w; } return [worst.toFixed(1), worstWall.toFixed(1)]; };
  await go(Buffer.from(writeWav({samples:tone,sampleRate:24000})));
  const out=[]; for (let i=0;i<4;i++) out.push((await go(payload)).join('/'));
  console.log(operation, 'worst turn cpu/wall ms:', out.join('  '));
}
