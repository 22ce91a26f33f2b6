import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Path } from "effect"
import { item, withPart } from "./markdown.ts"
import { pages, read } from "./pages.ts"

/** Most columns of a row of a table: wider ones are broken by a terminal. */
const COLUMNS = 120

/** A page without its blocks of code, whose lines stay as empty ones. */
const prose = (text: string) =>
  text.replaceAll(/^```[\s\S]*?^```/gmu, (block) => block.replaceAll(/.+/gu, ""))

const wideRows = (text: string) =>
  prose(text)
    .split("\n")
    .flatMap((line, i) => (/^\s*\|/u.test(line) && Array.from(line).length > COLUMNS ? [i + 1] : []))

/** The anchors of a page, as they are made of its headings. */
const anchors = (text: string) =>
  Array.from(prose(text).matchAll(/^#+ (.+)$/gmu), ([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{Letter}\p{Number}_ -]/gu, "")
      .replaceAll(" ", "-")
  )

/** Links to a heading: the file, empty for the page itself, and the anchor. */
const links = (text: string) =>
  Array.from(
    prose(text).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/gu),
    ([, file = "", anchor = ""]) => ({
      file,
      anchor
    })
  )

describe("a row of a table", () => {
  const row = (columns: number) => `| ${"x".repeat(columns - 4)} |`

  it("is found by its line where it is too wide for a terminal", () => {
    assert.deepStrictEqual(wideRows(`# Title\n\n${row(COLUMNS)}\n  ${row(COLUMNS)}\n`), [4])
  })

  it("may be as wide as it is in a block of code", () => {
    assert.deepStrictEqual(wideRows(`\`\`\`text\n${row(200)}\n\`\`\`\n${row(200)}`), [4])
  })
})

describe("a generated part", () => {
  const markers = ["<!-- begin -->", "<!-- end -->"] as const

  it("takes the place of the one before it", () => {
    const text = "before\n\n<!-- begin -->\n\nold\n\n<!-- end -->\n\nafter\n"
    assert.strictEqual(withPart(text, markers, "new"), text.replace("old", "new"))
  })

  it("needs a place", () => {
    assert.throws(() => withPart("<!-- end --> <!-- begin -->", markers, "new"), "the page needs the lines")
  })

  it("has items whose lines are short, and whose code stands on one line", () => {
    const code = "`a code with words`"
    const lines = item(`${code}: ${"word ".repeat(20)}${code}`, "Do this.").split("\n")
    assert.deepStrictEqual(lines, [
      `- ${code}: ${"word ".repeat(17).trimEnd()}`,
      `  word word word ${code}`,
      "  Do this."
    ])
  })
})

it.layer(NodeServices.layer)("the documentation", (it) => {
  it.effect("has no table that is too wide for a terminal", () =>
    Effect.gen(function* () {
      for (const page of yield* pages) {
        assert.deepStrictEqual(wideRows(yield* read(page)), [], `${page}: lines of over ${COLUMNS} columns`)
      }
    })
  )

  it.effect("links to headings that exist", () =>
    Effect.gen(function* () {
      const path = yield* Path.Path
      let found = 0
      for (const page of yield* pages) {
        for (const { anchor, file } of links(yield* read(page))) {
          if (file !== "" && !file.endsWith(".md")) continue
          const target = file === "" ? page : path.join(path.dirname(page), file)
          assert.include(anchors(yield* read(target)), anchor, `${page}: ${file}#${anchor}`)
          found++
        }
      }
      assert.isAbove(found, 10)
    })
  )
})
