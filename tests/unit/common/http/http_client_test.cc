// The client against servers on loopback, one of them with a certificate of its own making.
#include "common/http/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <boost/asio/ssl.hpp>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "common/asio/asio.h"
#include "tests/fakes/fake_http_server.h"

namespace earshot::http {
namespace {

using testing::HasSubstr;

constexpr Milliseconds kClientTimeout{5000};

TEST(HttpClientTest, RefusesUrlsItCannotUse) {
  for (const char* bad : {"", "ftp://x/", "mqtt://x", "http://", "http://:80/", "http://x:port/",
                          "http://x:123456/", "http://x/a b"}) {
    EXPECT_FALSE(Url::parse(bad).ok()) << bad;
  }
  const auto url = Url::parse("http://127.0.0.1:8003/xiaozhi/ota/");
  ASSERT_TRUE(url.ok());
  EXPECT_EQ(url->host, "127.0.0.1");
  EXPECT_EQ(url->port, "8003");
  EXPECT_EQ(url->target, "/xiaozhi/ota/");
  EXPECT_EQ(Url::parse("http://example.net")->target, "/");
}

TEST(HttpClientTest, HttpsHasItsOwnPort) {
  const auto url = Url::parse("https://example.net/x");
  ASSERT_TRUE(url.ok());
  EXPECT_TRUE(url->secure);
  EXPECT_EQ(url->port, "443");
}

TEST(HttpClientTest, NobodyThereIsUnavailable) {
  const auto answer = request("GET", "http://127.0.0.1:1/", {}, "", kClientTimeout);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable);
}

class StreamTest : public testing::Test {
 protected:
  StreamHandlers into_seen() {
    return {.on_head =
                [this](const Response& head) {
                  status_ = head.status;
                  return true;
                },
            .on_bytes =
                [this](std::string_view bytes) {
                  seen_ += bytes;
                  return true;
                }};
  }
  fakes::FakeHttpServer server_;
  int status_ = 0;
  std::string seen_;
};

TEST_F(StreamTest, HandsOutWhatComesUntilTheServerEnds) {
  server_.on("GET", "/events", [](const fakes::FakeRequest&, fakes::FakeAnswer& answer) {
    answer.head(200, "text/event-stream");
    for (int i = 0; i < 3; ++i) answer.send("data: " + std::to_string(i) + "\n\n");
  });
  ASSERT_TRUE(stream(server_.url("/events"), {}, into_seen(), kClientTimeout).ok());
  EXPECT_EQ(status_, 200);
  EXPECT_EQ(seen_, "data: 0\n\ndata: 1\n\ndata: 2\n\n");
}

TEST_F(StreamTest, EndsWhenTheReaderHasEnough) {
  server_.on("GET", "/events", [](const fakes::FakeRequest&, fakes::FakeAnswer& answer) {
    answer.head(200, "text/event-stream");
    answer.send("data: first\n\n");
    answer.wait(fakes::Delay(60'000));
  });
  auto handlers = into_seen();
  handlers.on_bytes = [](std::string_view) { return false; };
  EXPECT_TRUE(stream(server_.url("/events"), {}, handlers, kClientTimeout).ok());
}

TEST_F(StreamTest, ASilentServerIsATimeout) {
  server_.on("GET", "/events", [](const fakes::FakeRequest&, fakes::FakeAnswer& answer) {
    answer.head(200, "text/event-stream");
    answer.send("data: first\n\n");
    answer.wait(fakes::Delay(60'000));
  });
  const Status ended = stream(server_.url("/events"), {}, into_seen(), Milliseconds(100));
  ASSERT_FALSE(ended.ok());
  EXPECT_EQ(ended.error().code, ErrorCode::kTimeout);
  EXPECT_EQ(seen_, "data: first\n\n");
}

TEST_F(StreamTest, AConnectionThatBreaksIsUnavailableAndWhatCameWasHandedOut) {
  server_.on("GET", "/events", [](const fakes::FakeRequest&, fakes::FakeAnswer& answer) {
    answer.head(200, "text/event-stream");
    answer.send("0123456789abcdef");
  });
  fakes::FakeFault fault;
  fault.reset_after = 10;
  server_.set_fault(fault);
  const Status ended = stream(server_.url("/events"), {}, into_seen(), kClientTimeout);
  ASSERT_FALSE(ended.ok());
  EXPECT_EQ(ended.error().code, ErrorCode::kUnavailable);
}

// Answers one HTTPS request with "secret", with a certificate for "localhost" that it signs itself.
class TlsServer {
 public:
  TlsServer()
      : file_(std::filesystem::temp_directory_path() / ("tls." + std::to_string(::getpid()) + ".pem")) {
    EVP_PKEY* key = EVP_RSA_gen(2048);
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"),
                               -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost");
    X509_add_ext(certificate, names, -1);
    X509_EXTENSION_free(names);
    X509_sign(certificate, key, EVP_sha256());
    FILE* file = std::fopen(file_.c_str(), "w");
    PEM_write_X509(file, certificate);
    std::fclose(file);
    context_.use_certificate_file(file_.string(), boost::asio::ssl::context::pem);
    SSL_CTX_use_PrivateKey(context_.native_handle(), key);
    X509_free(certificate);
    EVP_PKEY_free(key);
    thread_ = std::thread([this] { serve_one(); });
  }
  ~TlsServer() {
    thread_.join();
    std::filesystem::remove(file_);
  }
  std::string url(const std::string& host) const {
    return "https://" + host + ":" + std::to_string(acceptor_.local_endpoint().port()) + "/";
  }
  const std::filesystem::path& certificate() const { return file_; }

 private:
  void serve_one() {
    boost::asio::ssl::stream<asio::ip::tcp::socket> stream(acceptor_.accept(), context_);
    error_code failure;
    stream.handshake(boost::asio::ssl::stream_base::server, failure);
    if (failure) return;
    std::array<char, 4096> request;
    stream.read_some(asio::buffer(request), failure);
    asio::write(stream, asio::buffer(std::string("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret")),
                failure);
    stream.shutdown(failure);
  }

  std::filesystem::path file_;
  asio::io_context io_;
  asio::ip::tcp::acceptor acceptor_{io_, {asio::ip::make_address("127.0.0.1"), 0}};
  boost::asio::ssl::context context_{boost::asio::ssl::context::tls_server};
  std::thread thread_;
};

TEST(HttpsClientTest, ReadsFromAServerWhoseCertificateIsTrusted) {
  TlsServer server;
  ::setenv("SSL_CERT_FILE", server.certificate().c_str(), 1);
  const auto answer = request("GET", server.url("localhost"), {}, "", kClientTimeout);
  ::unsetenv("SSL_CERT_FILE");
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->body, "secret");
}

TEST(HttpsClientTest, RefusesACertificateThatNobodyTrustedSigned) {
  TlsServer server;
  const auto answer = request("GET", server.url("localhost"), {}, "", kClientTimeout);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("certificate"));
}

TEST(HttpsClientTest, RefusesACertificateOfAnotherName) {
  TlsServer server;
  ::setenv("SSL_CERT_FILE", server.certificate().c_str(), 1);
  const auto answer = request("GET", server.url("127.0.0.1"), {}, "", kClientTimeout);
  ::unsetenv("SSL_CERT_FILE");
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace earshot::http
