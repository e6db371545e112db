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
  const peer = { socket: null, contact: null, invite: null, heard: [], ring, cancel };
  server.prependListener("upgrade", (request, socket, head) => {
    if (!request.url.startsWith("/ws")) return;
    sockets.handleUpgrade(request, socket, head, (line) => {
      peer.socket = line;
      line.on("message", (data) => listen(String(data)));
    });
  });
  return peer;

  function listen(text) {
    const head = text.split("\r\n");
    const header = (name) => head.find((line) => line.toLowerCase().startsWith(`${name}:`))?.slice(name.length + 1).trim();
    const first = head[0];
    peer.heard.push(first);
    if (first.startsWith("REGISTER")) {
      peer.contact = /<([^>]+)>/.exec(header("contact"))?.[1];
      respond(header, `Contact: ${header("contact")};expires=120\r\n`);
    } else if (first.startsWith("SIP/2.0 200") && header("cseq")?.includes("INVITE")) {
      peer.invite.to = header("to");
      request("ACK", 1);
    } else if (/^SIP\/2.0 [4-6]/.test(first) && header("cseq")?.includes("INVITE")) {
      request("ACK", 1);
      peer.invite = null;
    } else if (/^(BYE|INFO|OPTIONS)/.test(first)) {
      respond(header);
      if (first.startsWith("BYE")) peer.invite = null;
    }
  }

  function respond(header, extra = "") {
    const to = header("to").includes("tag=") ? header("to") : `${header("to")};tag=mock`;
    peer.socket.send(`SIP/2.0 200 OK\r\nVia: ${header("via")}\r\nFrom: ${header("from")}\r\nTo: ${to}\r\nCall-ID: ${header("call-id")}\r\nCSeq: ${header("cseq")}\r\n${extra}Content-Length: 0\r\n\r\n`);
  }

  function ring(number = "+34910470123", name = "TALLERES NORTE") {
    if (!peer.contact) throw new Error("no browser has registered");
    peer.invite = { id: `call-${Date.now()}`, from: `"${name}" <sip:${number}@127.0.0.1>;tag=them`, to: `<${peer.contact}>` };
    request("INVITE", 1, SDP);
  }

  function cancel() {
    if (!peer.invite) return;
    if (peer.invite.to.includes("tag=")) request("BYE", 2);
    else request("CANCEL", 1);
    peer.invite = null;
  }

  function request(method, seq, body = "") {
    const { id, from, to } = peer.invite;
    const type = body ? "Content-Type: application/sdp\r\n" : "";
    peer.socket.send(
      `${method} ${peer.contact} SIP/2.0\r\nVia: SIP/2.0/WS mock.invalid;branch=z9hG4bK-${id}${method === "BYE" ? "b" : ""}\r\nMax-Forwards: 70\r\nFrom: ${from}\r\nTo: ${to}\r\nCall-ID: ${id}\r\nCSeq: ${seq} ${method}\r\nContact: <sip:mock@127.0.0.1;transport=ws>\r\n${type}Content-Length: ${body.length}\r\n\r\n${body}`,
    );
  }
}
