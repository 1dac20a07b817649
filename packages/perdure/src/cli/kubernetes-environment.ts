/** Also of services whose names begin with it: `perdure-worker` gives `PERDURE_WORKER_…`. */
const SERVICE = "^PERDURE(?:_[A-Z0-9_]+)?";
const ADDRESS = new RegExp(`${SERVICE}_SERVICE_(?:HOST|PORT(?:_[A-Z0-9_]+)?)$`);
const PORT = new RegExp(`${SERVICE}_PORT$`);
const EACH_PORT = new RegExp(`${SERVICE}_PORT_\\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?$`);
const PORT_VALUE = /^(?:tcp|udp|sctp):\/\//;

/**
 * Kubernetes tells every pod of a namespace about each Service by variables of its name (`enableServiceLinks`): beside a Service that is called
 * `perdure` they look like settings of ours, and PERDURE_PORT is one by name. They are no mistake of the user.
 */
export const isOfKubernetes = (name: string, value: string): boolean =>
  ADDRESS.test(name) || EACH_PORT.test(name) || (PORT.test(name) && PORT_VALUE.test(value));
