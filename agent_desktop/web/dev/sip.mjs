// A SIP peer just large enough for the browser phone: takes any REGISTER, rings with a canned offer, hears BYE.

import { WebSocketServer } from "ws";

const SDP = [
  "v=0",
  "o=- 1 1 IN IP4 127.0.0.1",
  "s=-",
  "t=0 0",
  "m=audio 9 UDP/TLS/RTP/SAVPF 0 101",
  "c=IN IP4 127.0.0.1",
  "a=rtpmap:0 PCMU/8000",
  "a=rtpmap:101 telephone-event/8000",
  "a=fmtp:101 0-16",
  "a=ice-ufrag:mock",
  "a=ice-pwd:mockmockmockmockmockmock",
  `a=fingerprint:sha-256 ${Array(32).fill("AB").join(":")}`,
  "a=setup:actpass",
  "a=mid:0",
  "a=rtcp-mux",
  "a=sendrecv",
  "a=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host",
  "",
].join("\r\n");

/** Attach to `/ws` of a server; `ring()` calls the registered browser, `cancel()` ends it. */
export function sipPeer(server) {
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => "sip" });
  const peer = new Peer();
  server.prependListener("upgrade", (request, socket, head) => {
    if (!request.url.startsWith("/ws")) return;
    sockets.handleUpgrade(request, socket, head, (line) => {
      peer.socket = line;
      line.on("message", (data) => peer.listen(String(data)));
    });
  });
  return peer;
}

class Peer {
  socket = null;
  contact = null;
  invite = null;
  heard = [];

  ring(number = "+34910470123", name = "TALLERES NORTE") {
    if (!this.contact) throw new Error("no browser has registered");
    const from = `"${name}" <sip:${number}@127.0.0.1>;tag=them`;
    this.invite = { id: `call-${Date.now()}`, from, to: `<${this.contact}>` };
    this.#request("INVITE", 1, SDP);
  }

  cancel() {
    if (!this.invite) return;
    if (this.invite.to.includes("tag=")) this.#request("BYE", 2);
    else this.#request("CANCEL", 1);
    this.invite = null;
  }

  listen(text) {
    const head = text.split("\r\n");
    const header = (name) =>
      head
        .find((line) => line.toLowerCase().startsWith(`${name}:`))
        ?.slice(name.length + 1)
        .trim();
    const first = head[0];
    const toInvite = header("cseq")?.includes("INVITE");
    this.heard.push(first);
    if (first.startsWith("REGISTER")) {
      this.contact = /<([^>]+)>/.exec(header("contact"))?.[1];
      this.#respond(header, `Contact: ${header("contact")};expires=120\r\n`);
    } else if (/^(BYE|INFO|OPTIONS)/.test(first)) {
      this.#respond(header);
      if (first.startsWith("BYE")) this.invite = null;
    } else if (toInvite && /^SIP\/2.0 [2-6]/.test(first) && this.invite) {
      this.invite.to = header("to");
      this.#request("ACK", 1);
      if (!first.startsWith("SIP/2.0 200")) this.invite = null;
    }
  }

  #respond(header, extra = "") {
    const to = header("to").includes("tag=") ? header("to") : `${header("to")};tag=mock`;
    const copied = `Via: ${header("via")}\r\nFrom: ${header("from")}\r\nTo: ${to}\r\nCall-ID: ${header("call-id")}`;
    this.socket.send(
      `SIP/2.0 200 OK\r\n${copied}\r\nCSeq: ${header("cseq")}\r\n${extra}Content-Length: 0\r\n\r\n`,
    );
  }

  #request(method, seq, body = "") {
    const { id, from, to } = this.invite;
    const lines = [
      `${method} ${this.contact} SIP/2.0`,
      `Via: SIP/2.0/WS mock.invalid;branch=z9hG4bK-${id}${method === "BYE" ? "b" : ""}`,
      "Max-Forwards: 70",
      `From: ${from}`,
      `To: ${to}`,
      `Call-ID: ${id}`,
      `CSeq: ${seq} ${method}`,
      "Contact: <sip:mock@127.0.0.1;transport=ws>",
      ...(body ? ["Content-Type: application/sdp"] : []),
      `Content-Length: ${body.length}`,
    ];
    this.socket.send(`${lines.join("\r\n")}\r\n\r\n${body}`);
  }
}
