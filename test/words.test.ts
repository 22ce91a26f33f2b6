import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import type { PlatformError } from "effect/PlatformError"
import { find, listed, withoutData, withoutList } from "./words.ts"

const root = `${import.meta.dirname}/..`

const FOLDERS = ["test", "examples", "bench", "docs"]
const PAGES = ["README.md", "CONTRIBUTING.md", "SECURITY.md"]

/** Golden files, fixtures of providers, packages, and folders that other tests are using. */
const SKIPPED = /^(?:\..*|node_modules|golden|official|fixtures)$/u

/** Words that are data, by the beginning of paths. */
const DATA: ReadonlyArray<readonly [path: string, ...words: ReadonlyArray<string>]> = [
  // The fictional service of the documentation has rooms.
  ["docs/connectors.md", "room", "rooms"],
  ["packages/connector/README.md", "rooms"],
  ["packages/connector/test", "room", "rooms", "people"],
  ["packages/testkit/test", "room", "rooms", "people"],
  // Names and texts of generated records, and lists of examples.
  ["packages/sink-stream-import/test", "room"],
  ["packages/source-stream/test", "room"],
  ["packages/testkit/src/internal/entities/ids.ts", "room"],
  ["test/guard/cases", "rooms", "people"],
  ["test/officialStream", "people"],
  // A code, `told_in_parts`.
  ["docs/providers/stream-export.md", "told"]
]

const TABLE = ["| not | write |", "| --- | ----- |", "| wire, goes on | raw record |", "", "| wire |"].join(
  "\n"
)

describe("words", () => {
  const words = listed(TABLE)

  it("are found in prose and in names, with their line and what to write instead", () => {
    const text = 'The record\nand wire format\nconst readWire = goesOn("x")\n'
    assert.deepStrictEqual(find(text, words), [
      { line: 2, word: "wire", instead: "raw record" },
      { line: 3, word: "wire", instead: "raw record" },
      { line: 3, word: "goes on", instead: "raw record" }
    ])
  })

  it("are whole words", () => {
    assert.deepStrictEqual(find("rewired, wireless; it goes only, WIRED", words), [])
  })

  it("include no in place of not a, unless there is none of it", () => {
    const found = find("it is no list\nthere is no list\nit is no longer a list\nthese are no ids", words)
    assert.deepStrictEqual(
      found.map(({ line }) => line),
      [1, 4]
    )
  })

  it("are not found in data of tests or in their own list", () => {
    const text = 'const a = "wire"\nconst b = \'{"wire": 1}\'\nit("is wire like", () => {})'
    assert.deepStrictEqual(find(withoutData(text), words), [{ line: 3, word: "wire", instead: "raw record" }])
    assert.deepStrictEqual(find(withoutList(TABLE), words), [
      { line: 5, word: "wire", instead: "raw record" }
    ])
  })
})

/** Recursive listings of Node follow links into packages. */
const filesBelow = (
  folder: string
): Effect.Effect<ReadonlyArray<string>, PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const names = (yield* fs.readDirectory(`${root}/${folder}`)).filter((name) => !SKIPPED.test(name))
    const found = yield* Effect.forEach(names, (name) => {
      const path = `${folder}/${name}`
      return name.includes(".") ? Effect.succeed([path]) : filesBelow(path)
    })
    return found.flat()
  })

it.layer(NodeServices.layer)("the repository", (it) => {
  it.effect("has none of the words that CONTRIBUTING.md replaces", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const words = listed(yield* fs.readFileString(`${root}/CONTRIBUTING.md`))
      assert.isAbove(words.size, 40)
      const packages = (yield* fs.readDirectory(`${root}/packages`)).map((name) => `packages/${name}`)
      const folders = [...FOLDERS, ...packages.flatMap((folder) => [`${folder}/src`, `${folder}/test`])]
      const below = yield* Effect.forEach(folders, (folder) => filesBelow(folder))
      const readmes = packages.map((folder) => `${folder}/README.md`)
      const paths = [...PAGES, ...readmes, ...below.flat()].filter(
        (path) => /\.(?:ts|md|c)$/u.test(path) && path !== "test/words.test.ts"
      )
      const problems: Array<string> = []
      for (const path of paths) {
        const whole = yield* fs.readFileString(`${root}/${path}`)
        const text = path.endsWith(".ts") ? withoutData(whole) : withoutList(whole)
        const data = new Set(DATA.flatMap(([where, ...some]) => (path.startsWith(where) ? some : [])))
        for (const { instead, line, word } of find(text, words)) {
          if (!data.has(word)) problems.push(`${path}:${line}: write ${instead}, not ${word}`)
        }
      }
      assert.deepStrictEqual(problems, [])
    })
  )
})
