#include "common/tls/certificates.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>
#include <memory>

#include "common/base/bytes.h"
#include "common/base/random.h"

namespace earshot::tls {

namespace {

template <auto kFree>
struct Deleter {
  template <class T>
  void operator()(T* held) const {
    kFree(held);
  }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, Deleter<X509_free>>;
using RequestPtr = std::unique_ptr<X509_REQ, Deleter<X509_REQ_free>>;
using BioPtr = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, Deleter<GENERAL_NAMES_free>>;

constexpr std::size_t kSerialBytes = 16;
constexpr std::size_t kMaxPemBytes = 64 * 1024;

Error failed(const std::string& what) {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return {ErrorCode::kInvalid, reason == nullptr ? what : what + ": " + reason};
}

BioPtr reader(std::string_view text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Else OpenSSL asks for a pass phrase on the terminal.
int no_pass_phrase(char*, int, int, void*) {
  return 0;
}

CertificatePtr read_certificate(const std::string& pem) {
  if (pem.size() > kMaxPemBytes) return nullptr;
  return CertificatePtr(PEM_read_bio_X509(reader(pem).get(), nullptr, no_pass_phrase, nullptr));
}

KeyPtr read_key(const Secret& pem) {
  return KeyPtr(PEM_read_bio_PrivateKey(reader(pem.reveal()).get(), nullptr, no_pass_phrase, nullptr));
}

template <class Write>
std::string written(Write&& write) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (bio == nullptr || write(bio.get()) != 1) return {};
  char* data = nullptr;
  // What BIO_get_mem_data() does; the macro has C casts.
  const long length = BIO_ctrl(bio.get(), BIO_CTRL_INFO, 0, &data);
  return {data, static_cast<std::size_t>(length)};
}

std::string pem_of(X509& certificate) {
  return written([&](BIO* into) { return PEM_write_bio_X509(into, &certificate); });
}

Secret pem_of(EVP_PKEY& key) {
  return Secret(written([&](BIO* into) {
    return PEM_write_bio_PrivateKey(into, &key, nullptr, nullptr, 0, nullptr, nullptr);
  }));
}

KeyPtr make_key() {
  return KeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
}

bool set_name(X509_NAME* into, const std::string& name) {
  const auto* text = reinterpret_cast<const unsigned char*>(name.data());
  return X509_NAME_add_entry_by_txt(into, "CN", MBSTRING_UTF8, text, static_cast<int>(name.size()), -1, 0) ==
         1;
}

// Random, positive and not 0 (RFC 5280 4.1.2.2).
bool set_serial(X509& certificate) {
  std::array<std::uint8_t, kSerialBytes> bytes{};
  fill_random(bytes);
  bytes[0] = static_cast<std::uint8_t>((bytes[0] & 0x3f) | 0x40);
  const std::unique_ptr<BIGNUM, Deleter<BN_free>> number(BN_bin2bn(bytes.data(), bytes.size(), nullptr));
  return number != nullptr &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(&certificate)) != nullptr;
}

bool add_extension(X509& certificate, X509* issuer, int what, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, &certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str()));
  return extension != nullptr && X509_add_ext(&certificate, extension.get(), -1) == 1;
}

// Not by a line of text: a name with a comma in it would become two.
bool add_hosts(X509& certificate, const std::vector<std::string>& hosts) {
  const NamesPtr names(sk_GENERAL_NAME_new_null());
  for (const std::string& host : hosts) {
    GENERAL_NAME* name = GENERAL_NAME_new();
    if (name == nullptr || sk_GENERAL_NAME_push(names.get(), name) == 0) return false;
    ASN1_OCTET_STRING* address = a2i_IPADDRESS(host.c_str());
    if (address != nullptr) {
      GENERAL_NAME_set0_value(name, GEN_IPADD, address);
      continue;
    }
    ERR_clear_error();
    ASN1_IA5STRING* text = ASN1_IA5STRING_new();
    if (text == nullptr || ASN1_STRING_set(text, host.data(), static_cast<int>(host.size())) != 1)
      return false;
    GENERAL_NAME_set0_value(name, GEN_DNS, text);
  }
  return X509_add1_ext_i2d(&certificate, NID_subject_alt_name, names.get(), 0, 0) == 1;
}

bool set_validity(X509& certificate, const Validity& validity) {
  std::time_t from = std::chrono::system_clock::to_time_t(validity.from);
  std::time_t until = std::chrono::system_clock::to_time_t(validity.until);
  return ASN1_TIME_set(X509_getm_notBefore(&certificate), from) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(&certificate), until) != nullptr;
}

Result<std::string> certify(const Identity& authority, EVP_PKEY& key, const CertificateWish& wish) {
  const CertificatePtr issuer = read_certificate(authority.certificate);
  const KeyPtr issuer_key = read_key(authority.key);
  if (!issuer || !issuer_key) return failed("the authority's certificate or key cannot be read");
  if (X509_check_private_key(issuer.get(), issuer_key.get()) != 1)
    return failed("the authority's key is not that of its certificate");
  const CertificatePtr made(X509_new());
  const bool gateway = wish.kind == CertificateWish::Kind::kGateway;
  const bool ok =
      X509_set_version(made.get(), 2) == 1 && set_serial(*made) && set_validity(*made, wish.validity) &&
      set_name(X509_get_subject_name(made.get()), wish.name) &&
      X509_set_issuer_name(made.get(), X509_get_subject_name(issuer.get())) == 1 &&
      X509_set_pubkey(made.get(), &key) == 1 &&
      add_extension(*made, issuer.get(), NID_basic_constraints, "critical,CA:FALSE") &&
      add_extension(*made, issuer.get(), NID_key_usage, "critical,digitalSignature") &&
      add_extension(*made, issuer.get(), NID_ext_key_usage, gateway ? "serverAuth" : "clientAuth") &&
      add_extension(*made, issuer.get(), NID_subject_key_identifier, "hash") &&
      add_extension(*made, issuer.get(), NID_authority_key_identifier, "keyid") &&
      (wish.hosts.empty() || add_hosts(*made, wish.hosts)) &&
      X509_sign(made.get(), issuer_key.get(), EVP_sha256()) != 0;
  if (!ok) return failed("the certificate for '" + wish.name + "' cannot be made");
  return pem_of(*made);
}

WallTime time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

std::vector<std::string> hosts_of(const X509& certificate) {
  std::vector<std::string> hosts;
  const NamesPtr names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    int kind = 0;
    const auto* value = static_cast<const ASN1_STRING*>(
        GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &kind));
    const unsigned char* data = ASN1_STRING_get0_data(value);
    if (kind == GEN_DNS) {
      hosts.emplace_back(reinterpret_cast<const char*>(data),
                         static_cast<std::size_t>(ASN1_STRING_length(value)));
    } else if (kind == GEN_IPADD) {
      std::array<char, INET6_ADDRSTRLEN> text{};
      const int family = ASN1_STRING_length(value) == 4 ? AF_INET : AF_INET6;
      if (::inet_ntop(family, data, text.data(), text.size()) != nullptr) hosts.emplace_back(text.data());
    }
  }
  return hosts;
}

}  // namespace

Result<Identity> make_authority(const std::string& name, const Validity& validity) {
  ERR_clear_error();
  const KeyPtr key = make_key();
  const CertificatePtr made(X509_new());
  const bool ok = key != nullptr && made != nullptr && X509_set_version(made.get(), 2) == 1 &&
                  set_serial(*made) && set_validity(*made, validity) &&
                  set_name(X509_get_subject_name(made.get()), name) &&
                  X509_set_issuer_name(made.get(), X509_get_subject_name(made.get())) == 1 &&
                  X509_set_pubkey(made.get(), key.get()) == 1 &&
                  add_extension(*made, made.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
                  add_extension(*made, made.get(), NID_key_usage, "critical,keyCertSign,cRLSign") &&
                  add_extension(*made, made.get(), NID_subject_key_identifier, "hash") &&
                  X509_sign(made.get(), key.get(), EVP_sha256()) != 0;
  if (!ok) return failed("the authority cannot be made");
  return Identity{.certificate = pem_of(*made), .key = pem_of(*key)};
}

Result<Identity> issue(const Identity& authority, const CertificateWish& wish) {
  ERR_clear_error();
  const KeyPtr key = make_key();
  if (!key) return failed("no key can be made");
  auto certificate = certify(authority, *key, wish);
  if (!certificate) return certificate.error();
  return Identity{.certificate = std::move(certificate).value(), .key = pem_of(*key)};
}

Result<CertificateRequest> make_request(const std::string& name) {
  ERR_clear_error();
  const KeyPtr key = make_key();
  const RequestPtr request(X509_REQ_new());
  const bool ok = key != nullptr && request != nullptr &&
                  set_name(X509_REQ_get_subject_name(request.get()), name) &&
                  X509_REQ_set_pubkey(request.get(), key.get()) == 1 &&
                  X509_REQ_sign(request.get(), key.get(), EVP_sha256()) != 0;
  if (!ok) return failed("no request can be made");
  return CertificateRequest{.key = pem_of(*key), .request = written([&](BIO* into) {
                                                   return PEM_write_bio_X509_REQ(into, request.get());
                                                 })};
}

Result<std::string> sign_request(const Identity& authority, const std::string& request,
                                 const CertificateWish& wish) {
  ERR_clear_error();
  if (request.size() > kMaxPemBytes) return Error{ErrorCode::kInvalid, "the request is too large"};
  const RequestPtr read(PEM_read_bio_X509_REQ(reader(request).get(), nullptr, no_pass_phrase, nullptr));
  if (!read) return failed("the request cannot be read");
  EVP_PKEY* key = X509_REQ_get0_pubkey(read.get());
  // Who has no key of his own would get a certificate for somebody else's.
  if (key == nullptr || X509_REQ_verify(read.get(), key) != 1)
    return failed("the request is not signed by its key");
  if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC || EVP_PKEY_get_security_bits(key) < 128)
    return Error{ErrorCode::kInvalid, "the request's key is not of the kind EC P-256"};
  return certify(authority, *key, wish);
}

Result<CertificateFacts> facts_of(const std::string& certificate) {
  ERR_clear_error();
  const CertificatePtr read = read_certificate(certificate);
  if (!read) return failed("it is no certificate");
  return CertificateFacts{.name = common_name(*read),
                          .serial = serial_text(*read),
                          .fingerprint = fingerprint_of(*read),
                          .hosts = hosts_of(*read),
                          .from = time_of(X509_get0_notBefore(read.get())),
                          .until = time_of(X509_get0_notAfter(read.get()))};
}

std::string common_name(const x509_st& certificate) {
  const X509_NAME* subject = X509_get_subject_name(&certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return {};
  const ASN1_STRING* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
  std::string name(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                   static_cast<std::size_t>(ASN1_STRING_length(value)));
  return name.find('\0') == std::string::npos ? name : std::string();
}

std::string serial_text(const x509_st& certificate) {
  const ASN1_INTEGER* serial = X509_get0_serialNumber(&certificate);
  return to_hex({ASN1_STRING_get0_data(serial), static_cast<std::size_t>(ASN1_STRING_length(serial))});
}

std::string fingerprint_of(const x509_st& certificate) {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  X509_digest(&certificate, EVP_sha256(), digest.data(), &length);
  return to_hex({digest.data(), length});
}

}  // namespace earshot::tls
