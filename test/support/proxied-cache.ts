import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";

/*
 * A program: an HTTP proxy on 127.0.0.1:3128, and behind it https://cache.test/, which serves a folder and is on no other way to be had:
 * only the proxy knows its name. Arguments: the folder, the certificate, its key, and a file for a line for each connection.
 */

const [folder = "", certificate = "", key = "", log = ""] = process.argv.slice(2);

const cache = createTlsServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, answer) => {
  const file = join(folder, decodeURIComponent((request.url ?? "/").replace(/\?.*/, "")));
  if (file.includes("..") || !existsSync(file)) {
    answer.writeHead(404).end();
    return;
  }
  answer.writeHead(200).end(readFileSync(file));
});
cache.on("tlsClientError", (error) =>
  appendFileSync(log, `refused ${error.message.includes("unknown ca") ? "unknown ca" : ""}\n`),
);

const proxy = createServer((request, answer) => {
  appendFileSync(log, `${request.method} ${request.url}\n`);
  answer.writeHead(502).end();
});
proxy.on("connect", (request, socket) => {
  appendFileSync(log, `CONNECT ${request.url}\n`);
  if (request.url !== "cache.test:443") {
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    return;
  }
  const behind = connect(Number(port), "127.0.0.1", () => {
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    behind.pipe(socket);
    socket.pipe(behind);
  });
  behind.on("error", () => socket.destroy());
  socket.on("error", () => behind.destroy());
});

let port: unknown;
cache.listen(0, "127.0.0.1", () => {
  const address = cache.address();
  port = typeof address === "object" ? address?.port : undefined;
  proxy.listen(3128, "127.0.0.1", () => appendFileSync(log, "ready\n"));
});
