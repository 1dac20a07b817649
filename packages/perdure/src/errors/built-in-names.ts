/** Names of functions that are part of Perdure: not an author's, and not among the known ones that a message lists. */
export const isBuiltIn = (name: string): boolean => name.startsWith("BuiltIn::") || name.startsWith("@@");
