/*
 * Makes src/data/schema.ts from components.schemas of docs/openapi.yaml, so
 * that the page and the server cannot disagree about names unseen.
 *
 * --write writes the file; without it the file is compared and a difference
 * is an error.  Knows the part of JSON Schema that the page uses and stops at
 * anything else.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const spec = process.env.FSS_OPENAPI ?? at("../../../docs/openapi.yaml");
const target = at("../src/data/schema.ts");

function type(schema, indent) {
	if (schema === true)
		return "unknown";
	if (schema.$ref)
		return schema.$ref.replace("#/components/schemas/", "");
	if ("const" in schema)
		return JSON.stringify(schema.const);
	if (schema.enum)
		return schema.enum.map((v) => JSON.stringify(v)).join(" | ");
	if (schema.allOf)
		return schema.allOf.map((s) => type(s, indent)).join(" & ");
	if (schema.oneOf || schema.anyOf)
		return (schema.oneOf ?? schema.anyOf)
			.map((s) => type(s, indent)).join(" | ");
	switch (schema.type) {
	case "string":
		return "string";
	case "integer":
	case "number":
		return "number";
	case "boolean":
		return "boolean";
	case "array":
		return `(${type(schema.items, indent)})[]`;
	case "object": {
		const must = new Set(schema.required ?? []);
		const tab = "\t".repeat(indent + 1);
		const lines = Object.entries(schema.properties ?? {})
			.map(([name, s]) => `${tab}${name}${must.has(name)
				? "" : "?"}: ${type(s, indent + 1)};`);
		return `{\n${lines.join("\n")}\n${"\t".repeat(indent)}}`;
	}
	default:
		throw new Error(`types: cannot say ${JSON.stringify(schema)}`);
	}
}

export function generate(text) {
	const { schemas } = parse(text, { merge: true }).components;
	const parts = Object.entries(schemas).map(([name, schema]) =>
		`export type ${name} = ${type(schema, 0)};\n`);
	return "/* Made from docs/openapi.yaml by scripts/types.mjs: " +
		"npm run types. */\n\n" + parts.join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const text = generate(readFileSync(spec, "utf8"));
	if (process.argv.includes("--write")) {
		writeFileSync(target, text);
	} else if (readFileSync(target, "utf8") !== text) {
		console.error("src/data/schema.ts is not what docs/openapi.yaml" +
			" says: npm run types");
		process.exit(1);
	}
}
