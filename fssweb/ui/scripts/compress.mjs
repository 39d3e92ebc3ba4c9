/*
 * Puts FILE.br and FILE.gz beside each built file that gets smaller by it, so
 * that the server never compresses anything itself.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const out = process.env.FSS_UI_OUT ??
	fileURLToPath(new URL("../../../build/ui", import.meta.url));
const texts = /\.(js|css|html|svg|json|webmanifest|txt)$/;

for (const name of readdirSync(out, { recursive: true })) {
	if (!texts.test(name))
		continue;
	const path = `${out}/${name}`;
	const plain = readFileSync(path);
	const br = brotliCompressSync(plain, { params: {
		[constants.BROTLI_PARAM_QUALITY]: 11,
		[constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
	} });
	const gz = gzipSync(plain, { level: 9 });
	if (br.length < plain.length)
		writeFileSync(`${path}.br`, br);
	if (gz.length < plain.length)
		writeFileSync(`${path}.gz`, gz);
}
