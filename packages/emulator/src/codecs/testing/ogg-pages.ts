export type OggPage = {
  flags: number;
  granulePosition: bigint;
  serial: number;
  sequence: number;
  checksum: number;
  /** The page as it was before its checksum was filled in. */
  unchecked: Uint8Array;
  packets: Uint8Array[];
};

/** Takes a physical Ogg stream apart, whose packets all end on the page they begin on. */
export function oggPages(bytes: Uint8Array): OggPage[] {
  const pages: OggPage[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + offset);
    if (view.getUint32(0) !== 0x4f676753) throw new Error(`No page begins at byte ${offset}.`);
    const lacing = bytes.subarray(offset + 27, offset + 27 + view.getUint8(26));
    const bodyStart = 27 + lacing.length;
    const packets: Uint8Array[] = [];
    let start = offset + bodyStart;
    let end = start;
    for (const value of lacing) {
      end += value;
      if (value === 255) continue;
      packets.push(bytes.subarray(start, end));
      start = end;
    }
    if (start !== end) throw new Error(`The last packet of the page at ${offset} does not end.`);
    const unchecked = bytes.slice(offset, end);
    unchecked.fill(0, 22, 26);
    pages.push({
      flags: view.getUint8(5),
      granulePosition: view.getBigInt64(6, true),
      serial: view.getUint32(14, true),
      sequence: view.getUint32(18, true),
      checksum: view.getUint32(22, true),
      unchecked,
      packets,
    });
    offset = end;
  }
  return pages;
}
