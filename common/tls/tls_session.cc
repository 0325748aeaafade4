#include "common/tls/tls_session.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <utility>

#include "common/base/check.h"
#include "common/tls/certificates.h"
#include "common/tls/tls_failure.h"

namespace earshot::tls {

// OpenSSL's end of the two pipes.
struct TlsPipe {
  static TlsSession::Pipes& of(BIO* bio) { return *static_cast<TlsSession::Pipes*>(BIO_get_data(bio)); }

  static int read(BIO* bio, char* into, int size) {
    BIO_clear_retry_flags(bio);
    TlsSession::Pipes& pipes = of(bio);
    const std::size_t length = std::min(pipes.in.size() - pipes.taken, static_cast<std::size_t>(size));
    if (length == 0) {
      BIO_set_retry_read(bio);
      return -1;
    }
    std::copy_n(pipes.in.data() + pipes.taken, length, into);
    pipes.taken += length;
    return static_cast<int>(length);
  }
  static int write(BIO* bio, const char* from, int size) {
    BIO_clear_retry_flags(bio);
    of(bio).out.append(from, static_cast<std::size_t>(size));
    return size;
  }
  static long control(BIO*, int what, long, void*) { return what == BIO_CTRL_FLUSH ? 1 : 0; }

  // Lives as long as the process.
  static const BIO_METHOD* method() {
    static const BIO_METHOD* const made = [] {
      BIO_METHOD* method_of_ours = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "earshot");
      EARSHOT_CHECK(method_of_ours != nullptr, "no memory");
      BIO_meth_set_read(method_of_ours, read);
      BIO_meth_set_write(method_of_ours, write);
      BIO_meth_set_ctrl(method_of_ours, control);
      return method_of_ours;
    }();
    return made;
  }
};

namespace {

bool is_numeric(const std::string& host) {
  in6_addr any{};
  return ::inet_pton(AF_INET, host.c_str(), &any) == 1 || ::inet_pton(AF_INET6, host.c_str(), &any) == 1;
}

Error last_failure(const std::string& what) {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = ERR_reason_error_string(code);
  ERR_clear_error();
  return {ErrorCode::kInvalid, what + ": " + (reason != nullptr ? reason : "it cannot be read")};
}

}  // namespace

Result<TlsContext> TlsContext::load(const std::filesystem::path& certificate,
                                    const std::filesystem::path& key) {
  const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  EARSHOT_CHECK(context != nullptr, "no memory");
  ERR_clear_error();
  SSL_CTX* raw = context.get();
  // What the macros do; they have C casts.
  SSL_CTX_ctrl(raw, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, nullptr);
  SSL_CTX_ctrl(raw, SSL_CTRL_MODE, SSL_MODE_RELEASE_BUFFERS, nullptr);
  SSL_CTX_ctrl(raw, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_OFF, nullptr);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // Else OpenSSL asks for a pass phrase on the terminal.
  SSL_CTX_set_default_passwd_cb(raw, [](char*, int, int, void*) { return 0; });
  if (SSL_CTX_use_certificate_chain_file(raw, certificate.c_str()) != 1)
    return last_failure("no certificate in " + certificate.string());
  if (SSL_CTX_use_PrivateKey_file(raw, key.c_str(), SSL_FILETYPE_PEM) != 1)
    return last_failure("no key for " + certificate.string() + " in " + key.string());
  return TlsContext(context, TlsContext::Role::kServer);
}

TlsSession::TlsSession(const TlsContext& context, const std::string& host)
    : context_(context), pipes_(std::make_unique<Pipes>()), ssl_(SSL_new(context.context_.get()), SSL_free) {
  BIO* bio = BIO_new(TlsPipe::method());
  EARSHOT_CHECK(ssl_ != nullptr && bio != nullptr, "no memory");
  BIO_set_data(bio, pipes_.get());
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  if (context.role_ == TlsContext::Role::kServer) {
    SSL_set_accept_state(ssl_.get());
    return;
  }
  SSL_set_connect_state(ssl_.get());
  if (is_numeric(host)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), host.c_str());
    return;
  }
  SSL_set1_host(ssl_.get(), host.c_str());
  // What SSL_set_tlsext_host_name() does; the macro has a C cast.
  std::string name = host;
  SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
}

TlsSession::Step TlsSession::handshake() {
  ERR_clear_error();
  return step_of(SSL_do_handshake(ssl_.get()));
}

TlsSession::Step TlsSession::read(std::span<std::uint8_t> into, std::size_t& got) {
  ERR_clear_error();
  return step_of(SSL_read_ex(ssl_.get(), into.data(), into.size(), &got));
}

TlsSession::Step TlsSession::write(ByteView plain) {
  ERR_clear_error();
  std::size_t written = 0;
  const Step step = step_of(SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &written));
  // The pipe takes everything; what wants to be read first is no TLS that we allow.
  return step == Step::kNeedsInput ? Step::kFailed : step;
}

void TlsSession::say_goodbye() {
  if (SSL_is_init_finished(ssl_.get()) == 0) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

void TlsSession::feed(ByteView encrypted) {
  pipes_->in.erase(0, pipes_->taken);
  pipes_->taken = 0;
  pipes_->in += as_text(encrypted);
}

std::string TlsSession::take_output() {
  return std::exchange(pipes_->out, {});
}

void TlsSession::take_output(std::string& into) {
  into.clear();
  std::swap(into, pipes_->out);
}

std::string TlsSession::peer_name() const {
  const X509* shown = SSL_get0_peer_certificate(ssl_.get());
  return shown == nullptr ? std::string() : common_name(*shown);
}

std::string TlsSession::peer_serial() const {
  const X509* shown = SSL_get0_peer_certificate(ssl_.get());
  return shown == nullptr ? std::string() : serial_text(*shown);
}

std::string TlsSession::protocol() const {
  const unsigned char* name = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &length);
  return {reinterpret_cast<const char*>(name), length};
}

TlsSession::Step TlsSession::step_of(int result) {
  if (result > 0) return Step::kDone;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Step::kNeedsInput;
    case SSL_ERROR_ZERO_RETURN:
      return Step::kClosed;
    default:
      why_ = failure_text({.verify_result = SSL_get_verify_result(ssl_.get()),
                           .error = ERR_peek_last_error(),
                           .client = context_.role_ == TlsContext::Role::kClient});
      ERR_clear_error();
      return Step::kFailed;
  }
}

}  // namespace earshot::tls
