import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { connect, createServer } from "node:net";

/** A line to a server of this machine that can be cut. */
export class Line implements AsyncDisposable {
  readonly #sockets = new Set<Socket>();
  readonly #door = createServer((client) => this.#serve(client));
  readonly #port: number;
  isCut = false;

  private constructor(port: number) {
    this.#port = port;
  }

  static async open(port: number): Promise<Line> {
    const line = new Line(port);
    line.#door.listen(0, "127.0.0.1");
    await once(line.#door, "listening");
    return line;
  }

  get port(): number {
    return (this.#door.address() as AddressInfo).port;
  }

  cut(): void {
    this.isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#door.close();
    await once(this.#door, "close");
  }

  #serve(client: Socket): void {
    const server = connect(this.#port, "127.0.0.1");
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    if (this.isCut) client.destroy();
    client.pipe(server).pipe(client);
  }
}
