/** The pages of the documentation. */
import { Effect, FileSystem } from "effect"

const root = `${import.meta.dirname}/..`

/** Every page, as paths from the root. */
export const pages = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const docs = yield* fs.readDirectory(`${root}/docs`, { recursive: true })
  const packages = yield* fs.readDirectory(`${root}/packages`)
  return [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "bench/README.md",
    ...docs.filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`),
    ...packages.map((name) => `packages/${name}/README.md`)
  ]
})

export const read = (page: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(`${root}/${page}`))
