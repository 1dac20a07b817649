import type { OptionSpec } from "./options.ts";

export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
}

const ADDRESS = /^(?:(\[[0-9a-f:.]+\]|[\w.-]+):)?(\d{1,5})$/i;

/** `0.0.0.0:9464`, or the port alone: then the loopback addresses. */
export const metricsAddress = (help: string): OptionSpec<MetricsAddress> => ({
  kind: "text",
  placeholder: "ADDRESS",
  help,
  expected: 'an address with a port such as "0.0.0.0:9464", or a port for the loopback addresses',
  parse: (value) => {
    const [, host = "127.0.0.1", port] = ADDRESS.exec(value) ?? [];
    return port === undefined || Number(port) > 65_535 ? null : { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
  },
});
