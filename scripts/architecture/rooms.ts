/**
 * The rooms of `packages/perdure/src` and the arrows between them: ARCHITECTURE.md as data. A room is a first folder; each store is a
 * room of its own; a file beside the rooms (`index.ts`) is one by its name.
 */
export interface RoomRule {
  /** Rooms it may import. */
  readonly imports: readonly string[];
  /** Rooms of which it may import types only (`import type`). */
  readonly types?: readonly string[];
  /** Rooms below it that its tests may import, and what only tests use; it may not itself. */
  readonly tests?: readonly string[];
  /** PURE: no Node built-ins, clock, chance, timers or `async`. */
  readonly pure?: true;
}

/** Small rooms that depend on nothing with behaviour: every room may import them. */
export const LEAVES = ["errors", "telemetry", "process", "worker-entry.ts"] as const;

const LIBRARY = [
  "model",
  "core",
  "replay",
  "functions",
  "store",
  "stores",
  "stores/memory",
  "stores/sqlite",
  "stores/postgres",
  "executors",
  "engine",
  "client",
  "http",
  "console",
  "app-threads",
  "azure",
  "grpc",
  "durable-http",
  "schedules",
  "require-node.ts",
] as const;

const COMPOSITION: RoomRule = { imports: [...LIBRARY, "task-hub"] };
const STORE: RoomRule = { imports: ["store", "stores", "model"] };

export const ROOMS: Readonly<Record<string, RoomRule>> = {
  errors: { imports: [] },
  telemetry: { imports: ["errors", "model"] },
  process: { imports: ["errors"] },
  "worker-entry.ts": { imports: ["errors"] },
  "require-node.ts": { imports: ["errors"] },

  model: { imports: ["errors"], pure: true },
  core: { imports: ["model", "errors"], pure: true },
  replay: { imports: ["model"] },
  schedules: { imports: ["model"], types: ["replay"] },
  functions: { imports: ["model", "replay", "schedules"] },
  store: { imports: ["model"] },
  stores: { imports: ["store", "model"] },
  "stores/memory": STORE,
  "stores/sqlite": STORE,
  "stores/postgres": STORE,
  "durable-http": { imports: ["model"], types: ["replay", "functions"] },
  executors: { imports: ["replay", "model"], types: ["functions"] },
  engine: { imports: ["core", "store", "model"] },
  client: { imports: ["engine", "store", "model", "core", "functions", "schedules"] },
  http: { imports: ["client", "model", "require-node.ts"], types: ["functions"], tests: ["store", "stores/memory"] },
  console: { imports: ["http", "client", "model", "require-node.ts"], types: ["functions", "store"], tests: ["store", "stores/memory"] },
  "app-threads": {
    imports: ["executors", "durable-http", "functions", "client", "http", "model", "replay", "schedules"],
  },
  azure: {
    imports: ["app-threads", "client", "durable-http", "engine", "executors", "functions", "http", "model", "replay", "schedules"],
  },
  grpc: { imports: ["client", "engine", "model"] },

  "task-hub": COMPOSITION,
  "index.ts": COMPOSITION,
  testing: { imports: [...LIBRARY, "task-hub", "index.ts"] },
  cli: { imports: [...LIBRARY, "task-hub", "index.ts", "testing"] },
};

/** The same for the folders of the repository: which of them may import from which. */
export const TREE: Readonly<Record<string, readonly string[]>> = {
  "packages/perdure/src": [],
  "packages/perdure/test": ["packages/perdure/src", "scripts"],
  "packages/console/build.ts": [],
  "packages/console/test": ["packages/console/build.ts", "packages/perdure/src", "packages/perdure/test", "scripts"],
  scripts: ["packages/perdure/src", "packages/console/build.ts"],
  examples: ["packages/perdure/src"],
  bench: ["packages/perdure/src"],
};

/** The folder of a path of the repository, as {@link TREE} names it. */
export function folderOf(path: string): string {
  const parts = path.split("/");
  return parts[0] === "packages" ? parts.slice(0, 3).join("/") : (parts[0] ?? path);
}

/** The room of a path below `src`, for example `stores/sqlite/writer.ts` → `stores/sqlite`. */
export function roomOf(path: string): string {
  const parts = path.split("/");
  const [first = path, second] = parts;
  return first === "stores" && second !== undefined && parts.length > 2 ? `${first}/${second}` : first;
}

/** Null when the arrow is allowed, else the rule it breaks. */
export function arrowProblem(from: string, to: string, typesOnly: boolean): string | null {
  if (from === to) return null;
  const rule = ROOMS[from];
  if (rule === undefined) return `room "${from}" is not in scripts/architecture/rooms.ts: give it a place among the arrows`;
  const leaves: readonly string[] = rule.pure === true ? [] : LEAVES;
  const isLeaf = leaves.includes(to) && !leaves.includes(from);
  if (isLeaf || rule.imports.includes(to)) return null;
  if (rule.types?.includes(to) === true) {
    return typesOnly ? null : `${from} may import only types from ${to}: use \`import type\``;
  }
  return `${from} may import ${allowed(rule, leaves)}, not ${to}`;
}

/**
 * As {@link arrowProblem}, for a test in `src`, or what only tests use: it may import what its room may, and values of rooms known by their types. A test
 * that needs a room above its own, such as the test kit, stands in `packages/perdure/test`.
 */
export function testArrowProblem(from: string, to: string): string | null {
  const room = from.replace(/\.test\.ts$/, ".ts"); // beside a file that is a room
  if (room === to || ROOMS[room] === undefined) return null;
  const { types = [], tests = [] } = ROOMS[room];
  const leaves: readonly string[] = LEAVES;
  if ([...types, ...tests, ...leaves].includes(to)) return null;
  const problem = arrowProblem(room, to, false);
  return problem === null ? null : `a test of ${room} that imports ${to} belongs in packages/perdure/test`;
}

function allowed(rule: RoomRule, leaves: readonly string[]): string {
  const types = (rule.types ?? []).map((room) => `${room} (types)`);
  const all = [...new Set([...rule.imports, ...types, ...leaves])];
  return all.length === 0 ? "no other room" : all.join(", ");
}
