/** The next tasks, compared with a model that knows only the dependencies. */
import { Plan } from "@chatferry/core/run"
import { assert, describe, it } from "@effect/vitest"

const SEEDS = Array.from({ length: 200 }, (_, i) => i + 1)

/** Numbers from 0 to below `most`, the same for each seed. */
const makeRandom = (seed: number) => {
  let state = seed * 2_654_435_761
  return (most: number) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0
    return Math.floor((((state ^ (state >>> 13)) >>> 0) / 2 ** 32) * most)
  }
}
type Random = ReturnType<typeof makeRandom>

/** Phases in random order, each depending on some that were drawn before it. */
const randomPlan = (random: Random): Plan.Plan => {
  const phases: Array<Plan.LaterPhase> = []
  for (let i = random(7); i > 0; i--) {
    const after = phases.flatMap(({ name }) => (random(3) === 0 ? [name] : []))
    phases.splice(random(phases.length + 1), 0, {
      name: `phase-${phases.length}`,
      after,
      parts: 1 + random(4)
    })
  }
  let from = 0
  const reads = Array.from({ length: 1 + random(4) }, () => ({ from, to: (from += 1 + random(3)) }))
  return { reads, phases }
}

/** True if a task depends on another one, through any number of phases. */
const waitsFor = ({ phases }: Plan.Plan, task: Plan.Task, other: Plan.Task): boolean => {
  if (task.phase === "read") return false
  if (other.phase === "read") return true
  const after = phases.find(({ name }) => name === task.phase)?.after ?? []
  return after.some(
    (name) => name === other.phase || waitsFor({ reads: [], phases }, { phase: name, bucket: 0 }, other)
  )
}

describe("Plan.next", () => {
  it.each(SEEDS)("returns each task from the end of its dependencies until its own end (seed %i)", (seed) => {
    const random = makeRandom(seed)
    const plan = randomPlan(random)
    assert.isUndefined(Plan.problemOf(plan))
    const all = Plan.tasks(plan)
    const ids = all.map(Plan.idOf)
    assert.strictEqual(new Set(ids).size, ids.length)
    const commits = new Map<string, Plan.Commit>()
    const isDone = (task: Plan.Task) => commits.get(Plan.idOf(task))?.isEnd === true
    for (let left = all.length; left > 0;) {
      const next = Plan.next(plan, commits)
      assert(next !== "finished")
      assert.deepStrictEqual(
        next,
        all.filter(
          (task) => !isDone(task) && all.every((other) => isDone(other) || !waitsFor(plan, task, other))
        )
      )
      const task = next[random(next.length)]
      assert.isDefined(task)
      if (task === undefined) return
      // A commit that is not the end changes nothing.
      const isEnd = random(3) > 0
      commits.set(Plan.idOf(task), { isEnd })
      if (isEnd) left--
    }
    assert.strictEqual(Plan.next(plan, commits), "finished")
  })

  it.each(SEEDS.slice(0, 50))("gives a sequential executor the order of the tasks (seed %i)", (seed) => {
    const plan = randomPlan(makeRandom(seed))
    const done: Array<string> = []
    const commits = new Map<string, Plan.Commit>()
    for (;;) {
      const next = Plan.next(plan, commits)
      if (next === "finished") break
      const id = Plan.idOf(next[0] ?? { phase: "none", bucket: 0 })
      done.push(id)
      commits.set(id, { isEnd: true })
    }
    assert.deepStrictEqual(done, Plan.tasks(plan).map(Plan.idOf))
  })

  it("is finished without tasks", () => {
    assert.strictEqual(Plan.next({ reads: [], phases: [] }, new Map()), "finished")
  })

  it("names reads by their segments and others by their buckets", () => {
    assert.strictEqual(Plan.idOf({ phase: "read", from: 3, to: 7 }), "read/3-7")
    assert.strictEqual(Plan.idOf({ phase: "assemble", bucket: 2 }), "assemble/2")
  })
})

describe("Plan.problemOf", () => {
  it.each(SEEDS.slice(0, 50))("finds phases that depend on each other (seed %i)", (seed) => {
    const random = makeRandom(seed)
    const { phases } = randomPlan(random)
    const [first, ...others] = [...phases, { name: "a", after: [], parts: 1 }]
    const last = others.at(-1) ?? first
    if (first === undefined || last === undefined) return
    const circle = [
      ...others.filter((one) => one !== last),
      { ...first, after: [...first.after, last.name] },
      ...(last === first ? [] : [{ ...last, after: [...last.after, first.name] }])
    ]
    assert.strictEqual(Plan.problemOf({ phases: circle }), "phases depend on each other")
  })
})
