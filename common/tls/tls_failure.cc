#include "common/tls/tls_failure.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace earshot::tls {

namespace {

// What this end has against the other one's certificate.
std::string complaint(long verify_result, bool client) {
  const std::string whose = client ? "the gateway's certificate " : "its certificate ";
  switch (verify_result) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return whose + (client
                          ? "has expired: earshotctl pki init --renew there; or this machine's clock is wrong"
                          : "has expired: let it join anew (earshotctl workers join-token)");
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return whose + "is not valid yet: a clock is wrong, here or where it was made (timedatectl)";
    case X509_V_ERR_CERT_REVOKED:
      return whose + "is revoked: let it join anew (earshotctl workers join-token) if it is yours";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return whose + "does not bear the name that was dialled: earshotctl pki init --renew --host NAME there";
    case X509_V_ERR_INVALID_PURPOSE:
      return whose + (client ? "is not a gateway's" : "is not a worker's");
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_CERT_UNTRUSTED:
      return whose + "is of another authority than the one known here" +
             (client ? ": ask this very gateway for a new token (earshotctl workers join-token)"
                     : ": it joined another gateway, or this one before its authority was made anew");
    default:
      return whose + "is not to be trusted: " + X509_verify_cert_error_string(verify_result);
  }
}

// What the other end says it has against us: an alert (RFC 8446 6.2).
const char* alert_text(int reason, bool client) {
  switch (reason) {
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
      return client
                 ? "the gateway has revoked this worker's certificate: join anew with a token of earshotctl "
                   "workers join-token"
                 : "it takes our certificate for revoked";
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
      return client
                 ? "this worker's certificate has expired, by the gateway's clock: join anew with a token of "
                   "earshotctl workers join-token"
                 : "it takes our certificate for expired: earshotctl pki init --renew, or its clock is wrong";
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
      return client ? "the gateway does not know the authority of this worker's certificate: join it with a "
                      "token "
                      "of its own"
                    : "it does not know our authority: it joined another gateway";
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
      return "the gateway wants a certificate, and this worker has none: join with a token of earshotctl "
             "workers "
             "join-token";
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
      return client ? "the gateway does not take this worker's certificate"
                    : "it does not take our certificate";
    case SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL:
      return "the gateway speaks another major version of the link: run the same version at both ends";
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
      return "the other end speaks no TLS 1.3";
    default:
      return nullptr;
  }
}

}  // namespace

std::string failure_text(const TlsFailure& failure) {
  const int reason = ERR_GET_REASON(failure.error);
  // An alert is the other end's verdict, and tells more than ours.
  if (const char* alert = alert_text(reason, failure.client)) return alert;
  if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED || reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE) {
    if (failure.verify_result != X509_V_OK) return complaint(failure.verify_result, failure.client);
    return "it showed no certificate: let it join (earshotctl workers join-token)";
  }
  switch (reason) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
    case SSL_R_UNEXPECTED_MESSAGE:
    case SSL_R_BAD_RECORD_TYPE:
    case SSL_R_RECORD_LENGTH_MISMATCH:
      return failure.client ? "what answers there speaks no TLS: is it the port of workers.remote_listen?"
                            : "it speaks no TLS: a worker must dial tls:HOST:PORT here";
    case SSL_R_NO_APPLICATION_PROTOCOL:
      return "it speaks another major version of the link: run the same version at both ends";
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
      return "it speaks no TLS 1.3";
    default:
      break;
  }
  const char* text = failure.error == 0 ? nullptr : ERR_reason_error_string(failure.error);
  return std::string("TLS failed: ") + (text == nullptr ? "the connection is broken" : text);
}

}  // namespace earshot::tls
