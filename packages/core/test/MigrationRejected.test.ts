import { SourceError } from "@chatferry/core"
import { Fingerprint } from "@chatferry/core/settings"
import { SourceHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Redacted, Stream } from "effect"
import {
  contents,
  filter,
  folders,
  type Job,
  failureOf,
  run,
  settingsOf,
  source,
  stopped,
  whole
} from "./inputs.ts"
import * as LinesSink from "./LinesSink.ts"

it.layer(NodeServices.layer)("a run that is started again", (it) => {
  it.effect.each<{ readonly name: string; readonly before: Job; readonly after: Job; readonly says: string }>(
    [
      {
        name: "an edited transform",
        before: { source: stopped, transforms: [filter("recent", (id) => id !== "a-1")] },
        after: { source: whole, transforms: [filter("recent", (id) => id !== "a-2")] },
        says: 'transform "recent": its code has changed.'
      },
      {
        name: "a transform of another version",
        before: { source: stopped, transforms: [filter("recent", (id) => id !== "a-1", { version: 1 })] },
        after: { source: whole, transforms: [filter("recent", (id) => id !== "a-1", { version: 2 })] },
        says: 'transform "recent": its version was 1 and is 2 now.'
      },
      {
        name: "a value that a transform closes over",
        before: {
          source: stopped,
          transforms: [filter("recent", () => true, { version: 1, settings: { days: 30 } })]
        },
        after: {
          source: whole,
          transforms: [filter("recent", () => true, { version: 1, settings: { days: 60 } })]
        },
        says: 'transform "recent": settings.days was 30 and is 60 now.'
      },
      {
        name: "one of two transforms whose names look the same",
        before: {
          source: stopped,
          transforms: [filter("a\u0001", (id) => id !== "a-1"), filter(String.raw`a\u0001`, () => true)]
        },
        after: {
          source: whole,
          transforms: [filter("a\u0001", (id) => id !== "a-2"), filter(String.raw`a\u0001`, () => true)]
        },
        says: String.raw`transform "a\u0001": its code has changed.`
      },
      {
        name: "a setting that every object inherits",
        before: { source: stopped, transforms: [filter("recent", () => true, { settings: {} })] },
        after: {
          source: whole,
          transforms: [filter("recent", () => true, { settings: { constructor: 1 } })]
        },
        says: 'transform "recent": settings.constructor was not set and is 1 now.'
      },
      {
        name: "how often a setting names an input",
        before: {
          source: stopped,
          transforms: [filter("recent", () => true, { settings: { inputs: ["a"] } })]
        },
        after: {
          source: whole,
          transforms: [filter("recent", () => true, { settings: { inputs: ["a", "a"] } })]
        },
        says: 'transform "recent": settings.inputs was ["a"] and is ["a","a"] now.'
      },
      {
        name: "a transform that is new and one that is gone",
        before: { source: stopped, transforms: [filter("gone", () => true), filter("kept", () => true)] },
        after: { source: whole, transforms: [filter("kept", () => true), filter("added", () => true)] },
        says: 'transform "gone" is missing; transform "added" is new.'
      },
      {
        name: "transforms in another order",
        before: { source: stopped, transforms: [filter("one", () => true), filter("two", () => true)] },
        after: { source: whole, transforms: [filter("two", () => true), filter("one", () => true)] },
        says: "the transforms are in another order."
      },
      {
        name: "an input that is new and one that is gone",
        before: { source: source({ names: ["a", "b.zip", "d"], failsIn: "d" }) },
        after: { source: source({ names: ["a", "c.zip", "d"] }) },
        says: "source files: input b.zip is missing; source files: input c.zip is new."
      },
      {
        name: "inputs in another order",
        before: { source: stopped },
        after: { source: source({ names: ["b", "a"] }) },
        says: "source files: the inputs are in another order."
      },
      {
        name: "an input of one of several sources",
        before: {
          source: source({
            names: ["a", "b"],
            isSilent: true,
            settings: { first: { inputs: ["x"] } },
            failsIn: "b"
          })
        },
        after: { source: source({ names: ["a", "b"], isSilent: true, settings: { first: { inputs: [] } } }) },
        says: "source files: first: input x is missing."
      },
      {
        name: "another source",
        before: { source: stopped },
        after: { source: source({ names: ["a", "b"], name: "archive" }) },
        says: 'the source was "files" and is "archive" now.'
      },
      {
        name: "a secret of the source and a setting of it",
        before: {
          source: source({
            names: ["a", "b"],
            failsIn: "b",
            settings: {
              key: Fingerprint.ofSecret(Redacted.make("the-old-secret")),
              keepPersonalFields: false
            }
          })
        },
        after: {
          source: source({
            names: ["a", "b"],
            settings: { key: Fingerprint.ofSecret(Redacted.make("the-new-secret")), keepPersonalFields: true }
          })
        },
        says: "source files: keepPersonalFields was false and is true now; source files: key: its secret has changed."
      },
      {
        name: "an input that its settings do not name and that is new before one that was read",
        before: { source: source({ names: ["b", "c"], isSilent: true, failsIn: "c" }) },
        after: { source: source({ names: ["a", "b", "c"], isSilent: true }) },
        says: "source files: input a is new."
      },
      {
        name: "a file of an input that was read to its end that is gone",
        before: {
          source: source({
            names: ["a", "b"],
            failsIn: "b",
            files: { a: ["a/1.json", "a/2.json", "a/3.json"] }
          })
        },
        after: {
          source: source({ names: ["a", "b"], changed: ["a"], files: { a: ["a/1.json", "a/3.json"] } })
        },
        says: "source files: input a/2.json is missing."
      },
      {
        name: "content of an input that was read to its end, and whose source identifies its file",
        before: { source: stopped },
        after: {
          source: source({
            names: ["a", "b"],
            changed: ["a"],
            retrace: () => Effect.fail(SourceError.changedContent("a", "a/7.json"))
          })
        },
        says: "source files: content of a/7.json that was already read has changed."
      }
    ]
  )("fails after a change of $name, and says so", ({ after, before, says }) =>
    Effect.gen(function* () {
      const here = yield* folders
      const message = yield* failureOf(here, before, after)
      assert.include(message, `with other settings or input: ${says}`)
      assert.match(
        message,
        new RegExp(
          `Undo the changes, or remove the folder ${here.state}/test \\(its state\\) and the folder ${here.out} \\(its unfinished output\\) to start again\\.$`,
          "u"
        )
      )
      for (const hidden of ["the-old-secret", "the-new-secret", "!== "]) assert.notInclude(message, hidden)
      assert.match(message, /^[^\n]*$/u)
    })
  )

  it.effect("fails after a change of the sink's settings, with the old and the new value", () =>
    Effect.gen(function* () {
      const here = yield* folders
      const sink = (fingerprint: Fingerprint.Fingerprint) => settingsOf(LinesSink.make(here.out), fingerprint)
      const message = yield* failureOf(
        here,
        { source: stopped, sink: sink({ deletedChannels: "disable", size: { most: 1 } }) },
        { source: whole, sink: sink({ deletedChannels: "skip", size: { most: 2 } }) }
      )
      assert.include(
        message,
        'sink lines: deletedChannels was "disable" and is "skip" now; sink lines: size.most was 1 and is 2 now.'
      )
      assert.notInclude(message, "acceptCode")
    })
  )

  it.effect("names the missing files of its current input, but not their replacements", () =>
    Effect.gen(function* () {
      const here = yield* folders
      const files = { b: ["b/1.json", "b/2.json"] }
      yield* Effect.exit(run(here, { source: source({ names: ["a", "b"], failsIn: "b", files }) }))
      const accusing = (of: ReadonlyArray<string>) => {
        const failed = SourceError.changedContent("b", "b/2.json")
        return SourceHarness.changed(source({ names: ["a", "b"], files: { b: of } }), () => ({
          read: () => Stream.fail(failed)
        }))
      }
      const gone = yield* Effect.flip(run(here, { source: accusing(["b/2.json"]) }))
      assert.include(gone.message, "cannot resume in partition b: input b/1.json is missing. Restore")
      const changed = yield* Effect.flip(run(here, { source: accusing(files.b) }))
      assert.include(changed.message, "content of b/2.json that was already read has changed")
    })
  )

  it.effect("names ten changes and the number of the others", () =>
    Effect.gen(function* () {
      const names = Array.from({ length: 14 }, (_, i) => `${i + 10}.zip`)
      const message = yield* failureOf(
        yield* folders,
        { source: source({ names: ["a", "b"], failsIn: "b" }) },
        { source: source({ names: ["a", ...names, "b"] }) }
      )
      assert.include(message, "input 10.zip is new;")
      assert.include(message, "input 19.zip is new; and 4 more.")
      assert.notInclude(message, "20.zip")
    })
  )

  it.effect("says so if its original settings are unknown", () =>
    Effect.gen(function* () {
      const here = yield* folders
      yield* Effect.exit(run(here, { source: stopped }))
      const fs = yield* FileSystem.FileSystem
      yield* fs.writeFileString(here.run, (yield* fs.readFileString(here.run)).replace('"files"', '"filez"'))
      const other = source({ names: ["a", "b"], settings: { size: 1 } })
      const message = (yield* Effect.flip(run(here, { source: other }))).message
      assert.include(message, `it is unknown which ones, because ${here.run} is gone or damaged`)
      yield* run(here, { source: whole })
    })
  )

  it.effect("is not rejected if a function with a version is formatted", () =>
    Effect.gen(function* () {
      const [here, undisturbed] = [yield* folders, yield* folders]
      const one = filter("recent", (id) => id !== "a-1", { version: 1 })
      const same = filter("recent", (id) => !(id === "a-1"), { version: 1 })
      yield* Effect.exit(run(here, { source: stopped, transforms: [one] }))
      yield* run(here, { source: whole, transforms: [same] })
      yield* run(undisturbed, { source: whole, transforms: [one] })
      assert.deepStrictEqual(yield* contents(here), yield* contents(undisturbed))
    })
  )

  it.effect(
    "resumes with edited code that the user has accepted, and is rejected again after the next edit",
    () =>
      Effect.gen(function* () {
        const [here, undisturbed] = [yield* folders, yield* folders]
        const original = filter("recent", (id) => id !== "a-1")
        const edited = filter("recent", (id) => !(id === "a-1"))
        const again = filter("recent", (id) => !["a-1"].includes(id))
        const message = yield* failureOf(
          here,
          { source: source({ names: ["a", "b", "c"], failsIn: "b" }), transforms: [original] },
          { source: source({ names: ["a", "b", "c"] }), transforms: [edited] }
        )
        const [, token = ""] =
          /the same for every record that has been read, accept the change with policy\.acceptCode: \["([\da-f]{12})"\]\./u.exec(
            message
          ) ?? []
        assert.notStrictEqual(token, "")
        const policy = { acceptCode: [token] }
        const failing = source({ names: ["a", "b", "c"], failsIn: "c" })
        const damaged = yield* Effect.flip(run(here, { source: failing, transforms: [edited], policy }))
        assert.include(damaged.message, "damaged at c")
        // It need not be accepted again; but another edit is not covered.
        const end = source({ names: ["a", "b", "c"] })
        const third = yield* Effect.flip(run(here, { source: end, transforms: [again], policy }))
        assert.include(third.message, 'transform "recent": its code has changed.')
        assert.notInclude(third.message, token)
        yield* run(here, { source: end, transforms: [edited] })
        yield* run(undisturbed, { source: end, transforms: [original] })
        assert.deepStrictEqual(yield* contents(here), yield* contents(undisturbed))
      })
  )

  it.effect(
    "does not offer to accept a change of version, of a setting or of several things as the same code",
    () =>
      Effect.gen(function* () {
        for (const [before, after] of [
          [{ version: 1 }, { version: 2 }],
          [{ settings: 1 }, { settings: 2 }],
          [{ settings: { country: { code: "de" } } }, { settings: { country: { code: "fr" } } }]
        ] as const) {
          const message = yield* failureOf(
            yield* folders,
            { source: stopped, transforms: [filter("recent", () => true, before)] },
            { source: whole, transforms: [filter("recent", () => true, after)] }
          )
          assert.notInclude(message, "acceptCode")
        }
        const both = yield* failureOf(
          yield* folders,
          { source: stopped, transforms: [filter("recent", (id) => id !== "a-1")] },
          {
            source: source({ names: ["a", "b"], settings: { size: 1 } }),
            transforms: [filter("recent", (id) => id !== "a-2")]
          }
        )
        assert.include(both, "its code has changed")
        assert.notInclude(both, "acceptCode")
      })
  )

  it.effect("is rejected if it is finished and its transform, settings or input have changed", () =>
    Effect.gen(function* () {
      const here = yield* folders
      const transforms = [filter("recent", (id) => id !== "a-1")]
      yield* run(here, { source: whole, transforms })
      for (const [job, says] of [
        [{ source: whole, transforms: [filter("recent", () => true)] }, 'transform "recent": its code'],
        [{ source: source({ names: ["a", "b"], settings: { size: 1 } }), transforms }, "size was not set"],
        [{ source: source({ names: ["a", "b", "c"] }), transforms }, "input c is new"]
      ] as const) {
        const { message } = yield* Effect.flip(run(here, job))
        assert.include(message, says)
        assert.include(message, `the folder ${here.out} (its finished output) to start again.`)
        assert.notInclude(message, "unfinished")
      }
    })
  )

  it.effect("is rejected if it is finished and there is a new input that its settings do not name", () =>
    Effect.gen(function* () {
      const here = yield* folders
      yield* run(here, { source: source({ names: ["a"], isSilent: true }) })
      const { message } = yield* Effect.flip(
        run(here, { source: source({ names: ["a", "b"], isSilent: true }) })
      )
      assert.include(message, "source files: input b is new.")
    })
  )

  it.effect("never advises removing the output of another run", () =>
    Effect.gen(function* () {
      const [here, other] = [yield* folders, yield* folders]
      yield* Effect.exit(run(here, { source: stopped }))
      yield* Effect.exit(run(other, { source: stopped }))
      const sink = settingsOf(LinesSink.make(other.out), { size: 1 })
      const { message } = yield* Effect.flip(run(here, { source: whole, sink }))
      const [, advice = ""] = message.split(" or remove ")
      assert.include(advice, here.out)
      assert.notInclude(advice, other.out)
    })
  )
})
