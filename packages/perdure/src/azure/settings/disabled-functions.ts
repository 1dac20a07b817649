const DOTS = /^AzureWebJobs\.(.+)\.Disabled$/i;
/** Linux allows no dots in names of variables, so Azure takes these too. */
const UNDERSCORES = /^AzureWebJobs_(.+)_Disabled$/i;

/** Names of functions that `AzureWebJobs.NAME.Disabled` switches off, as the settings write them. */
export function disabledFunctions(variables: { readonly [name: string]: string }): readonly string[] {
  return Object.entries(variables).flatMap(([variable, value]) => {
    const name = (DOTS.exec(variable) ?? UNDERSCORES.exec(variable))?.[1];
    return name !== undefined && /^(?:true|1)$/i.test(value.trim()) ? [name] : [];
  });
}
