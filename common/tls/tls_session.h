// One end of TLS: a certificate with its key, and what is said with it. Bytes in, bytes out: sockets are for
// others, so that a connection may change its thread. Pure but for load(), and for the clock that certificates
// are judged by.
//
// TLS 1.2 and newer, on links of workers 1.3. No renegotiation, which a client could use to make us work
// (CVE-2011-1473).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "common/base/bytes.h"
#include "common/base/result.h"

struct ssl_ctx_st;
struct ssl_st;

namespace earshot::tls {

// Sessions made from it may outlive it. Safe to share between threads.
class TlsContext {
 public:
  // For servers of HTTP. PEM files: the certificate with what leads to its authority, and its key without a pass
  // phrase.
  // Errors: kInvalid, naming the file and what is wrong, never what is in it.
  static Result<TlsContext> load(const std::filesystem::path& certificate, const std::filesystem::path& key);

 private:
  friend class TlsSession;
  friend class LinkContexts;
  enum class Role { kServer, kClient };
  TlsContext(std::shared_ptr<ssl_ctx_st> context, Role role) : context_(std::move(context)), role_(role) {}
  std::shared_ptr<ssl_ctx_st> context_;
  Role role_;
};

// Lifecycle: handshake() until kDone -> read() and write() -> say_goodbye(). After each of them take_output().
// Memory when idle: some 10 kB of OpenSSL's, none for records.
class TlsSession {
 public:
  enum class Step {
    kDone,
    kNeedsInput,  // feed() and call it again
    kClosed,      // the peer said goodbye
    kFailed,      // what came is no TLS, broken, or not to be trusted: why()
  };

  // `host`: of a client, whose name or address the server's certificate must bear.
  explicit TlsSession(const TlsContext& context, const std::string& host = {});

  Step handshake();
  // `got` bytes, at least one when kDone.
  Step read(std::span<std::uint8_t> into, std::size_t& got);
  Step write(ByteView plain);  // all of it
  void say_goodbye();

  // What came from the peer.
  // REQUIRES: it is asked for, so that no more than one piece waits here.
  void feed(ByteView encrypted);
  // What is to be sent to the peer.
  std::string take_output();
  // The same, kept in `into`, whose memory is used again.
  void take_output(std::string& into);

  // After kFailed: what an operator can do something about. Never holds what was said.
  const std::string& why() const { return why_; }

  // After the handshake. Of the peer's certificate, which was verified; empty: it showed none.
  std::string peer_name() const;    // common name
  std::string peer_serial() const;  // hexadecimal digits in lower case
  std::string protocol() const;     // agreed on (ALPN, RFC 7301); empty: none

 private:
  struct Pipes {
    std::string in;
    std::size_t taken = 0;
    std::string out;
  };
  friend struct TlsPipe;
  Step step_of(int result);

  TlsContext context_;            // its callbacks look into it
  std::unique_ptr<Pipes> pipes_;  // OpenSSL knows its address
  std::shared_ptr<ssl_st> ssl_;
  std::string why_;
};

}  // namespace earshot::tls
