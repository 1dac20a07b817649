/** Names of events compare ordinal-ignore-case: each UTF-16 unit by its own upper case, as .NET's OrdinalIgnoreCase. */
export function foldName(name: string): string {
  for (let i = 0; i < name.length; i++) {
    if (name.charCodeAt(i) > 0x7f) return foldUnits(name);
  }
  return name.toUpperCase();
}

function foldUnits(name: string): string {
  let folded = "";
  for (let i = 0; i < name.length; i++) {
    const unit = name.charAt(i);
    const upper = unit.toUpperCase();
    folded += upper.length === 1 ? upper : unit;
  }
  return folded;
}
