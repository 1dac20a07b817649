import { crc32, deflateSync, inflateSync } from "node:zlib";

/** A picture of at most 256 colours: a third of the bytes, and no eye sees which shades at the edges of letters were taken for others. */
export function smallPng(png: Buffer): Buffer {
  const { width, height, pixels } = decode(png);
  const counts = new Map<number, number>();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const kept = palette(counts);
  const indexes = new Map([...counts.keys()].map((colour) => [colour, kept.indexOf(nearest(kept, colour))]));
  const lines = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) lines[y * (width + 1) + x + 1] = indexes.get(pixels[y * width + x] ?? 0) ?? 0;
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8); // 8 bits of a palette
  const colours = Buffer.from(kept.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  const chunks = [
    chunk("IHDR", head),
    chunk("PLTE", colours),
    chunk("IDAT", deflateSync(lines, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ];
  return Buffer.concat([png.subarray(0, 8), ...chunks]);
}

/** Each time the colour that would be missed most: of many pixels, and far from those that are taken, so that a small mark keeps its own. */
function palette(counts: ReadonlyMap<number, number>): readonly number[] {
  const missed = new Map([...counts.keys()].map((colour) => [colour, Number.MAX_SAFE_INTEGER]));
  const kept: number[] = [];
  for (let at = 0; at < Math.min(256, counts.size); at += 1) {
    let [most, next] = [-1, 0];
    for (const [colour, distance] of missed) {
      const weight = distance * Math.sqrt(counts.get(colour) ?? 0);
      if (weight > most) [most, next] = [weight, colour];
    }
    kept.push(next);
    for (const [colour, distance] of missed) missed.set(colour, Math.min(distance, apart(colour, next)));
  }
  return kept;
}

const apart = (a: number, b: number): number =>
  ((a >> 16) - (b >> 16)) ** 2 + (((a >> 8) & 255) - ((b >> 8) & 255)) ** 2 + ((a & 255) - (b & 255)) ** 2;

const nearest = (kept: readonly number[], colour: number): number =>
  kept.reduce((best, other) => (apart(colour, other) < apart(colour, best) ? other : best));

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}

/** As browsers write it: 8 bits, RGB or RGBA, not interlaced. */
function decode(png: Buffer): { readonly width: number; readonly height: number; readonly pixels: Uint32Array } {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const size = png[25] === 6 ? 4 : 3;
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") parts.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const lines = inflateSync(Buffer.concat(parts));
  const stride = width * size;
  const bytes = new Uint8Array(height * stride);
  for (let y = 0; y < height; y += 1)
    unfilter(lines.subarray(y * (stride + 1), (y + 1) * (stride + 1)), bytes, y * stride, { stride, size });
  const pixels = new Uint32Array(width * height);
  for (let at = 0; at < pixels.length; at += 1) {
    const [red = 0, green = 0, blue = 0] = bytes.subarray(at * size, at * size + 3);
    pixels[at] = (red << 16) | (green << 8) | blue;
  }
  return { width, height, pixels };
}

/** One line, from what stands to the left of each byte, above it, and left above it. */
function unfilter(
  line: Buffer,
  bytes: Uint8Array,
  from: number,
  { stride, size }: { readonly stride: number; readonly size: number },
): void {
  const [filter = 0] = line;
  for (let x = 0; x < stride; x += 1) {
    const left = x < size ? 0 : (bytes[from + x - size] ?? 0);
    const above = bytes[from + x - stride] ?? 0;
    const corner = x < size ? 0 : (bytes[from + x - stride - size] ?? 0);
    const foreseen = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter] ?? 0;
    bytes[from + x] = (line[x + 1] ?? 0) + foreseen;
  }
}

function paeth(left: number, above: number, corner: number): number {
  const [a, b, c] = [Math.abs(above - corner), Math.abs(left - corner), Math.abs(left + above - 2 * corner)];
  return a <= b && a <= c ? left : b <= c ? above : corner;
}
