import { execFileSync } from "node:child_process"
import { assert, it } from "@effect/vitest"

/** Work that makes new space grow, and prints its bytes. */
const WORK = `const { getHeapSpaceStatistics } = await import("node:v8")
  const kept = []
  for (let i = 0; i < 4_000_000; i++) kept[i % 400_000] = { i }
  console.log(getHeapSpaceStatistics().find((space) => space.space_name === "new_space").space_size)`

/** Bytes of new space after such work, in a separate process. */
const newSpace = (prepare: string, work = WORK) =>
  Number(
    execFileSync(process.execPath, [
      "--input-type=module",
      "--eval",
      `import { Worker } from "node:worker_threads"
      import { keepSmall, relax, shrink } from "${new URL("../src/internal/program/heap.ts", import.meta.url)}"
      ${prepare}
      ${work}`
    ]).toString()
  )

it("keepSmall keeps new space small, however large it was before, and does not let work grow it", () => {
  const small = newSpace("keepSmall()")
  const grown = newSpace("")
  assert.isAtLeast(grown, 2 * small)
  for (const objects of [4_000, 40_000, 400_000]) {
    const before = `const before = []; for (let i = 0; i < 4_000_000; i++) before[i % ${objects}] = { i }`
    assert.strictEqual(newSpace(`${before}; keepSmall()`), small, `after ${objects} objects`)
  }
})

it("relax gives threads that are started later as much new space, and others have little", () => {
  const inThread = `new Worker(${JSON.stringify(WORK)}, { eval: true })`
  assert.strictEqual(newSpace("keepSmall(); relax()", inThread), newSpace("keepSmall()"))
  assert.isBelow(newSpace("keepSmall()", inThread), newSpace("keepSmall()") / 2)
  assert.isBelow(newSpace("keepSmall(); relax()()", inThread), newSpace("keepSmall()") / 2)
})

it("shrink leaves a new space that is smaller still, if the heap is kept small", () => {
  assert.isBelow(newSpace("keepSmall(); shrink()"), newSpace("keepSmall()") / 2)
  assert.isAbove(newSpace("shrink()"), newSpace("keepSmall()"))
})

/** Collections of the whole heap during work whose objects live on for a while, in a separate process. */
const collections = (prepare: string) =>
  Number(
    execFileSync(process.execPath, [
      "--input-type=module",
      "--eval",
      `import { constants, performance, PerformanceObserver } from "node:perf_hooks"
      import { keepSmall, relax } from "${new URL("../src/internal/program/heap.ts", import.meta.url)}"
      keepSmall()
      ${prepare}
      let count = 0
      new PerformanceObserver((list) => {
        for (const { detail } of list.getEntries()) if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) count++
      }).observe({ entryTypes: ["gc"] })
      const kept = []
      for (let i = 0; i < 8_000_000; i++) kept[i % 500_000] = { i, list: [i, i, i, i, i, i] }
      setTimeout(() => console.log(count), 50)`
    ]).toString()
  )

it("relax makes collections of the whole heap rarer until it is undone", () => {
  // The numbers differ a little from run to run.
  const most = 1.2 * collections("relax()")
  assert.isBelow(most, collections(""))
  assert.isBelow(most, collections("relax()()"))
})
