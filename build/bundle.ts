/**
 * Writes the JavaScript of the package in the working directory: one file for everything that its entry points import,
 * one for each entry point, which only exports from it, one for each part that is imported when it is needed, and one for
 * each worker thread. The compiler writes the types.
 *
 * A package has up to 200 modules, and Node takes nearly a millisecond for each file that it loads, whatever it contains.
 */
import { globSync } from "node:fs"
import path from "node:path"
import { build } from "rolldown"

const src = path.resolve("src")

const isWorker = (file: string) => file.endsWith(".worker.ts")
const isEntry = (file: string) => isWorker(file) || !/[\\/](?:internal|entity)[\\/]/u.test(file)

/** A worker is beside what starts it, as in the sources: all of the package is in one folder. */
const nameOf = (file: string) => {
  const name = path.relative(src, file).replace(/\.ts$/u, "")
  return isWorker(file) ? `internal/${path.basename(name)}` : name
}

const entries = globSync(`${src}/**/*.ts`)
  .filter(isEntry)
  .map((file) => [nameOf(file), file])

await build({
  input: Object.fromEntries(entries),
  external: /^[^./]/u,
  platform: "node",
  transform: { target: "es2023" },
  output: {
    dir: "dist",
    sourcemap: true,
    // They are in the sources, which the package contains, and in the types.
    comments: false,
    keepNames: true,
    minifyInternalExports: false,
    chunkFileNames: "internal/[name].js",
    codeSplitting: {
      groups: [
        // Its file is imported first by all others.
        { name: "nodeVersion", test: /[\\/]nodeVersion\.ts$/u, priority: 1 },
        { name: "package", tags: ["$initial"], test: /(?<!\.worker)\.ts$/u }
      ]
    }
  }
})
