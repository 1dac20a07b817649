let pending: string | null = null;

/** The entry file that is being imported in this process; null: none is. One that awaits what never comes lets a process end without a word. */
export const pendingImport = (): string | null => pending;

export async function importing<Module>(file: string, load: () => Promise<Module>): Promise<Module> {
  pending = file;
  try {
    return await load();
  } finally {
    pending = null;
  }
}

/** It is not waited for any more. */
export function abandonImport(): void {
  pending = null;
}
