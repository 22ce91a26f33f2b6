// The entry of the thread that stages rows. What it does is loaded when it runs, not with the package.
const { serve } = await import("../stage/stageThread.ts")
serve()
