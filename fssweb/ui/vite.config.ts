/*
 * How the page is built: into build/ui of the checkout, or where FSS_UI_OUT
 * says.  Names have a hash of their content, which the server goes by.  Nothing is put inline, for the page's policy allows no inline code.
 */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
	root: here("."),
	publicDir: here("public"),
	// Only what builds: no file outside this folder is read.
	envDir: here("env-is-not-read"),
	esbuild: { jsx: "automatic", jsxImportSource: "preact" },
	build: {
		outDir: process.env["FSS_UI_OUT"] ?? here("../../build/ui"),
		emptyOutDir: true,
		target: "es2022",
		assetsInlineLimit: 0,
		cssCodeSplit: true,
		modulePreload: { polyfill: false },
		sourcemap: false,
		reportCompressedSize: false,
		rollupOptions: {
			output: {
				hashCharacters: "base36",
				entryFileNames: "assets/[name]-[hash].js",
				chunkFileNames: "assets/[name]-[hash].js",
				assetFileNames: "assets/[name]-[hash][extname]",
			},
		},
	},
	// No test measures time: a busy machine may take ten times as long.
	test: { include: ["test/**/*.test.ts"], environment: "node",
		testTimeout: 60_000 },
} as Parameters<typeof defineConfig>[0]);
