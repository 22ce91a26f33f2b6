import { assert, describe, it } from "@effect/vitest"
import { measure, MOST_LINES } from "./structure.ts"

const sources = (texts: Readonly<Record<string, string>>) => new Map(Object.entries(texts))

describe("the structure of a package", () => {
  it("has a circle where modules import one another, types included", () => {
    const { circles } = measure(
      sources({
        "Door.ts": 'import { open } from "./internal/hinge.ts"\n',
        "internal/hinge.ts": 'import { oil } from "./oil.ts"\n',
        "internal/oil.ts": 'import {\n  type Door,\n  type Handle\n} from "../Door.ts"\n',
        "internal/other.ts": 'export type { Door } from "../Door.ts"\n'
      })
    )
    assert.deepStrictEqual(circles, [["Door.ts", "internal/hinge.ts", "internal/oil.ts"]])
  })

  it("has an arrow for each pair of folders, with its imports", () => {
    const { arrows, folders } = measure(
      sources({
        "Door.ts": 'import * as Hinge from "./internal/iron/hinge.ts"\nimport "./internal/paint.ts"\n',
        "Gate.ts": 'export { hang } from "./internal/iron/hinge.ts"\nimport type { Door } from "./Door.ts"\n',
        "internal/iron/hinge.ts": 'type Colour = import("../paint.ts").Colour\n',
        "internal/paint.ts": ""
      })
    )
    assert.strictEqual(folders, 3)
    assert.deepStrictEqual(
      [...arrows],
      [
        ["iron → internal", 1],
        ["public → internal", 1],
        ["public → iron", 2]
      ]
    )
  })

  it("counts modules, and files that are too long", () => {
    const found = measure(
      sources({
        "index.ts": "\n",
        "Door.ts": "\n".repeat(MOST_LINES + 1),
        "internal/hinge.ts": "\n".repeat(MOST_LINES)
      })
    )
    assert.deepStrictEqual([found.modules, found.publicModules, found.lines], [3, 1, 2 * MOST_LINES + 2])
    assert.deepStrictEqual(found.long, [["Door.ts", MOST_LINES + 1]])
  })
})
