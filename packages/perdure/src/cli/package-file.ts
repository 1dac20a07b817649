/** A file of the package, by its path from there. Both in the sources and in the build (`dist/lib`) this module stands two folders below package.json. */
export const packageFile = (path: string): URL => new URL(`../../${path}`, import.meta.url);
