/*
 * Landscapes for the pictures of docs/img: a PNG of hills, water and a sun,
 * drawn here so that nobody's photograph is needed.
 */
import { crc32 as crcOf, deflateSync } from "node:zlib";

const width = 720, height = 480;

const skies = [[[250, 214, 165], [154, 196, 222]], [[206, 226, 240],
	[96, 150, 196]], [[236, 190, 180], [120, 110, 170]], [[250, 170, 120],
	[60, 60, 110]]];
const lands = [[46, 98, 92], [38, 84, 70], [52, 60, 96], [30, 34, 58]];

/** crc32 of zlib is not in node 18. */
const crc = crcOf ?? ((data) => {
	let c = ~0;
	for (const byte of data) {
		c ^= byte;
		for (let k = 0; k < 8; k++)
			c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
	}
	return ~c >>> 0;
});

function chunk(name, data) {
	const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
	const out = Buffer.alloc(12 + data.length);
	out.writeUInt32BE(data.length, 0);
	body.copy(out, 4);
	out.writeUInt32BE(crc(body) >>> 0, 8 + data.length);
	return out;
}

export function landscape(kind) {
	const [low, high] = skies[kind % 4], land = lands[kind % 4];
	const sun = { x: 150 + 140 * kind, y: 120 + 20 * kind, r: 34 };
	const rows = [];
	for (let y = 0; y < height; y++) {
		const row = Buffer.alloc(1 + width * 3);
		for (let x = 0; x < width; x++) {
			const far = height * .58 + 26 * Math.sin(x / 97 + kind * 2) +
			    11 * Math.sin(x / 31 + kind);
			const near = height * .74 + 20 * Math.sin(x / 140 + kind);
			const t = y / height;
			let c = high.map((h, i) => h + (low[i] - h) * t * 1.5);
			if ((x - sun.x) ** 2 + (y - sun.y) ** 2 < sun.r ** 2)
				c = [255, 244, 214];
			if (y > far)
				c = land.map((l, i) => (l + c[i]) / 2);
			if (y > near)
				c = land;
			for (let i = 0; i < 3; i++)
				row[1 + x * 3 + i] = Math.max(0, Math.min(255,
				    Math.round(c[i])));
		}
		rows.push(row);
	}
	const head = Buffer.alloc(13);
	head.writeUInt32BE(width, 0);
	head.writeUInt32BE(height, 4);
	head.set([8, 2, 0, 0, 0], 8);
	return Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"),
		chunk("IHDR", head),
		chunk("IDAT", deflateSync(Buffer.concat(rows))),
		chunk("IEND", Buffer.alloc(0))]);
}
