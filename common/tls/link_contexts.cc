#include "common/tls/link_contexts.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <array>
#include <utility>
#include <vector>

#include "common/base/check.h"
#include "common/base/secret.h"

namespace earshot::tls {

namespace {

// A context and what its callbacks look into.
struct HeldContext {
  explicit HeldContext(const SSL_METHOD* method) : context(SSL_CTX_new(method)) {
    EARSHOT_CHECK(context != nullptr, "no memory");
  }
  HeldContext(const HeldContext&) = delete;
  HeldContext& operator=(const HeldContext&) = delete;
  ~HeldContext() { SSL_CTX_free(context); }

  SSL_CTX* context;
  std::set<std::string, std::less<>> revoked = {};
  std::string pinned = {};  // fingerprint of the authority that is trusted
};

HeldContext& held_by(SSL_CTX* context) {
  return *static_cast<HeldContext*>(SSL_CTX_get_app_data(context));
}

std::vector<std::uint8_t> wire_form(std::string_view protocol) {
  std::vector<std::uint8_t> wire{static_cast<std::uint8_t>(protocol.size())};
  wire.insert(wire.end(), protocol.begin(), protocol.end());
  return wire;
}

std::shared_ptr<HeldContext> bare(const SSL_METHOD* method) {
  ERR_clear_error();
  auto held = std::make_shared<HeldContext>(method);
  SSL_CTX* raw = held->context;
  SSL_CTX_set_app_data(raw, held.get());
  // What the macros do; they have C casts.
  SSL_CTX_ctrl(raw, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_3_VERSION, nullptr);
  SSL_CTX_ctrl(raw, SSL_CTRL_MODE, SSL_MODE_RELEASE_BUFFERS, nullptr);
  SSL_CTX_ctrl(raw, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_OFF, nullptr);
  SSL_CTX_set_num_tickets(raw, 0);
  // The cheapest first: AES has instructions of its own wherever a gateway runs.
  SSL_CTX_set_ciphersuites(raw, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256");
  return held;
}

template <class T, class Read>
T* read_pem(std::string_view pem, Read&& read) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  T* found = read(bio);
  BIO_free(bio);
  return found;
}

int no_pass_phrase_of_links(char*, int, int, void*) {
  return 0;
}

X509* read_x509(const std::string& pem) {
  return read_pem<X509>(
      pem, [](BIO* bio) { return PEM_read_bio_X509(bio, nullptr, no_pass_phrase_of_links, nullptr); });
}

Status use_identity(SSL_CTX* context, const LinkIdentity& identity) {
  const auto broken = [](const char* what) {
    ERR_clear_error();
    return Error{ErrorCode::kInvalid, what};
  };
  X509* certificate = read_x509(identity.own.certificate);
  const bool used = certificate != nullptr && SSL_CTX_use_certificate(context, certificate) == 1;
  X509_free(certificate);
  if (!used) return broken("the certificate cannot be read");
  EVP_PKEY* key = read_pem<EVP_PKEY>(identity.own.key.reveal(), [](BIO* bio) {
    return PEM_read_bio_PrivateKey(bio, nullptr, no_pass_phrase_of_links, nullptr);
  });
  const bool fits = key != nullptr && SSL_CTX_use_PrivateKey(context, key) == 1;
  EVP_PKEY_free(key);
  if (!fits) return broken("the key cannot be read, or is not that of the certificate");
  X509* authority = read_x509(identity.authority);
  if (authority == nullptr) return broken("the authority's certificate cannot be read");
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority);
  // Shown along: who has only a token knows it by its fingerprint. The context takes it over.
  if (SSL_CTX_ctrl(context, SSL_CTRL_EXTRA_CHAIN_CERT, 0, authority) != 1) {
    X509_free(authority);
    return broken("the authority's certificate cannot be used");
  }
  ERR_clear_error();
  return kDone;
}

// Of workers' certificates; a certificate that is revoked is refused with an alert that says so.
int check_revoked(int verified, X509_STORE_CTX* chain) {
  if (verified != 1 || X509_STORE_CTX_get_error_depth(chain) != 0) return verified;
  const auto* session =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
  const HeldContext& held = held_by(SSL_get_SSL_CTX(session));
  const X509* certificate = X509_STORE_CTX_get_current_cert(chain);
  if (!held.revoked.contains(serial_text(*certificate))) return 1;
  X509_STORE_CTX_set_error(chain, X509_V_ERR_CERT_REVOKED);
  return 0;
}

// Who has only a token shows no certificate; everybody else must.
int choose_protocol(SSL* session, const unsigned char** out, unsigned char* out_length,
                    const unsigned char* in, unsigned in_length, void*) {
  for (unsigned at = 0; at < in_length; at += in[at] + 1U) {
    const std::string_view offered(reinterpret_cast<const char*>(in + at + 1), in[at]);
    if (offered != kLinkProtocol && offered != kJoinProtocol) continue;
    *out = in + at + 1;
    *out_length = in[at];
    const int must = offered == kLinkProtocol ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
    SSL_set_verify(session, SSL_VERIFY_PEER | must, check_revoked);
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

int verify_pinned(X509_STORE_CTX* chain, void* held) {
  const std::string& pinned = static_cast<HeldContext*>(held)->pinned;
  STACK_OF(X509)* const shown = X509_STORE_CTX_get0_untrusted(chain);
  for (int i = 0; i < sk_X509_num(shown); ++i) {
    X509* one = sk_X509_value(shown, i);
    if (!equal_in_constant_time(pinned, fingerprint_of(*one))) continue;
    X509_STORE_add_cert(X509_STORE_CTX_get0_store(chain), one);
    return X509_verify_cert(chain);
  }
  X509_STORE_CTX_set_error(chain, X509_V_ERR_CERT_UNTRUSTED);
  return 0;
}

void offer(SSL_CTX* context, std::string_view protocol) {
  const auto wire = wire_form(protocol);
  SSL_CTX_set_alpn_protos(context, wire.data(), static_cast<unsigned>(wire.size()));
}

std::shared_ptr<ssl_ctx_st> shared(const std::shared_ptr<HeldContext>& held) {
  return {held, held->context};
}

}  // namespace

Result<TlsContext> LinkContexts::gateway(const LinkIdentity& identity,
                                         std::set<std::string, std::less<>> revoked) {
  const auto held = bare(TLS_server_method());
  held->revoked = std::move(revoked);
  if (auto used = use_identity(held->context, identity); !used) return used.error();
  SSL_CTX_set_verify(held->context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, check_revoked);
  SSL_CTX_set_alpn_select_cb(held->context, choose_protocol, nullptr);
  return TlsContext(shared(held), TlsContext::Role::kServer);
}

Result<TlsContext> LinkContexts::worker(const LinkIdentity& identity) {
  const auto held = bare(TLS_client_method());
  if (auto used = use_identity(held->context, identity); !used) return used.error();
  SSL_CTX_set_verify(held->context, SSL_VERIFY_PEER, nullptr);
  offer(held->context, kLinkProtocol);
  return TlsContext(shared(held), TlsContext::Role::kClient);
}

Result<TlsContext> LinkContexts::joining(const std::string& authority_fingerprint) {
  const auto held = bare(TLS_client_method());
  held->pinned = authority_fingerprint;
  SSL_CTX_set_verify(held->context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(held->context, verify_pinned, held.get());
  offer(held->context, kJoinProtocol);
  return TlsContext(shared(held), TlsContext::Role::kClient);
}

}  // namespace earshot::tls
