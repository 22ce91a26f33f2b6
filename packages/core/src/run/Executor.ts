/**
 * Runs migrations.
 *
 * An executor chooses only how large a task is, where it runs and where its commits are
 * kept. The same migration gives the same bytes with every executor.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Options } from "../internal/run/model.ts"
import { runner } from "../internal/runner.ts"
import type * as Migration from "../Migration.ts"
import { MigrationError } from "../MigrationError.ts"
import * as Setting from "../settings/Setting.ts"
import * as Settings from "../settings/Settings.ts"
import type * as Transform from "../Transform.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Executor {
  /** Runs a migration to its end, or resumes one that was stopped. */
  readonly run: typeof Migration.run
}

/**
 * How a migration is run in this process.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface LocalOptions {
  /**
   * Worker threads that read, transform and encode, besides the thread that writes. The
   * output has the same bytes with any number of them. Each takes about 100 MB of
   * memory. More than the processors of the machine do not help.
   *
   * @default 0
   */
  readonly threads?: number | undefined
  /**
   * The URL of the module that exports the migration, such as
   * `import.meta.resolve("./migration.ts")`. Each worker thread imports it, because
   * functions cannot be sent to a thread. It must not run the migration when it is
   * imported. Without it, one thread does everything.
   */
  readonly module?: string | URL | undefined
  /** The name of the export that is the migration. @default "migration" */
  readonly migration?: string | undefined
  /** The name of the export that is a layer with the services of the migration, such as `NodeServices.layer`. @default "services" */
  readonly services?: string | undefined
}

const isModule = (value: unknown): value is string | URL =>
  (typeof value === "string" || value instanceof URL) &&
  URL.canParse(value) &&
  new URL(value).protocol === "file:"

/**
 * The schema of `LocalOptions`.
 *
 * @category configuration
 * @since 0.1.0
 */
export const LocalOptions = Schema.Struct({
  threads: Settings.withDefault(Setting.whole(0, 64), 0),
  module: Settings.optional(
    Setting.value(isModule, 'the file: URL of a module, such as import.meta.resolve("./migration.ts")')
  ),
  migration: Settings.withDefault(Setting.name, "migration"),
  services: Settings.withDefault(Setting.name, "services")
})

/**
 * Runs migrations in this process. One task reads everything and writes it; with
 * `threads`, worker threads read for it. `Start.Listener` receives how many do, or why
 * one thread does everything: a migration without a module, a source that does not
 * support it (`Source.isParallel`), an ordered transform, corrections, or exclusions
 * before a sink that cannot handle them.
 *
 * @category constructors
 * @since 0.1.0
 */
export const local = (options: LocalOptions = {}): Executor => ({
  run: <
    RS,
    const T extends ReadonlyArray<Transform.Transform<unknown, unknown>> = readonly [],
    RK = never,
    RP = never
  >(
    migration: Migration.Migration<RS, T, RK, RP>
  ) =>
    Effect.suspend(() =>
      Result.match(Settings.result(LocalOptions, options), {
        onFailure: (reason) => Effect.fail(new MigrationError({ migration: migration.id, reason })),
        onSuccess: ({ migration: name, module, services, threads }) =>
          Effect.flatMap(runner, ({ runMigration }) =>
            // Each transform declares its own services; the runner needs all of them at once.
            runMigration(
              migration as Options<RS, Transform.ErrorOf<T[number]>, Transform.ServicesOf<T[number]>, RK, RP>,
              {
                threads,
                ...(module !== undefined && { module: { url: String(module), migration: name, services } })
              }
            )
          )
      })
    )
})
