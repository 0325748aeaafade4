// HTTPS and WSS with a certificate made for the test.
#include "common/http/server_tls.h"

#include <boost/asio/ssl.hpp>

#include <filesystem>
#include <fstream>

#include "common/base/startup_error.h"
#include "common/http/websocket_client.h"
#include "tests/fakes/test_certificate.h"
#include "tests/unit/common/http/websocket_fixture.h"

namespace earshot::http {
namespace {

namespace ssl = boost::asio::ssl;
using fakes::make_certificate;
using fakes::TestCertificate;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port, int newest = TLS1_3_VERSION) : context_(of_version(newest)) {
    stream_.lowest_layer().connect({asio::ip::make_address("127.0.0.1"), port});
    stream_.handshake(ssl::stream_base::client, failure_);
  }
  const error_code& failure() const { return failure_; }
  int version() { return SSL_version(stream_.native_handle()); }
  std::string certificate() {
    const std::unique_ptr<X509, decltype(&X509_free)> shown(
        SSL_get1_peer_certificate(stream_.native_handle()), X509_free);
    std::string name(64, '\0');
    const int length = X509_NAME_get_text_by_NID(X509_get_subject_name(shown.get()), NID_commonName,
                                                 name.data(), static_cast<int>(name.size()));
    name.resize(static_cast<std::size_t>(length));
    return name;
  }
  void send(const std::string& bytes) { asio::write(stream_, asio::buffer(bytes)); }
  std::string read_all() {
    std::string answer;
    asio::read(stream_, asio::dynamic_buffer(answer), failure_);
    return answer;
  }
  std::string read_bytes(std::size_t length) {
    std::string text(length, '\0');
    text.resize(asio::read(stream_, asio::buffer(text), failure_));
    return text;
  }

 private:
  static ssl::context of_version(int newest) {
    ssl::context made(ssl::context::tls_client);
    // The machine's own rules would keep a client from asking for an old version.
    SSL_CTX_set_cipher_list(made.native_handle(), "DEFAULT@SECLEVEL=0");
    SSL_CTX_ctrl(made.native_handle(), SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_VERSION, nullptr);
    SSL_CTX_ctrl(made.native_handle(), SSL_CTRL_SET_MAX_PROTO_VERSION, newest, nullptr);
    return made;
  }

  asio::io_context io_;
  ssl::context context_;
  ssl::stream<asio::ip::tcp::socket> stream_{io_, context_};
  error_code failure_;
};

class ServerTlsTest : public WebSocketServerTest {
 protected:
  ServerTlsTest() {
    std::filesystem::create_directories(folder_);
    write(make_certificate("first"));
  }
  ~ServerTlsTest() override {
    // Its timer runs on the server's thread.
    stop_serving();
    tls_.reset();
    std::filesystem::remove_all(folder_);
  }
  // Each time with another time of writing, as if some had passed.
  void write(const TestCertificate& made) {
    write_file(files_.certificate, made.certificate);
    write_file(files_.key, made.key);
  }
  void write_file(const std::filesystem::path& file, const std::string& text) {
    std::ofstream(file) << text;
    std::filesystem::last_write_time(file,
                                     std::filesystem::file_time_type() + std::chrono::hours(++written_));
  }
  void serve_tls(ServerLimits limits = {}, bool plain_from_this_host = false) {
    tls_ = ServerTls::create(io_.get_executor(), files_, std::chrono::hours(1));
    server_.emplace(io_, "127.0.0.1", std::uint16_t{0}, "http.port", router_, std::move(limits),
                    ServerSecurity{.tls = tls_, .plain_from_this_host = plain_from_this_host});
    thread_ = std::thread([this] { io_.run(); });
  }
  void stop_serving() {
    if (!thread_.joinable()) return;
    asio::post(io_, [this] {
      server_->stop();
      io_.stop();  // the timer of the certificate would go on
    });
    thread_.join();
  }
  void look() {
    std::promise<void> done;
    asio::post(io_, [&] {
      tls_->look();
      done.set_value();
    });
    done.get_future().wait();
  }

  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("tls_" + std::to_string(::getpid()));
  TlsFiles files_{.certificate = folder_ / "cert.pem", .key = folder_ / "key.pem"};
  int written_ = 0;
  std::shared_ptr<ServerTls> tls_;
};

const std::string kAsk = "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

TEST_F(ServerTlsTest, ServesTheSameRoutesAndTellsThemThatItIsSecure) {
  router_.add("GET", "/a", [](const Request& request, const Reply& reply) {
    reply({.status = 200,
           .content_type = "text/plain",
           .body = request.secure ? "secure" : "plain",
           .headers = {}});
  });
  serve_tls();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient client(server_->port(), version);
    EXPECT_EQ(client.certificate(), "first");
    EXPECT_EQ(client.version(), version);
    client.send(kAsk);
    EXPECT_THAT(client.read_all(), EndsWith("secure"));
    EXPECT_EQ(client.failure(), asio::error::eof) << "closed without a goodbye: it may have been cut";
  }
}

TEST_F(ServerTlsTest, LargeBodiesPassBothWays) {
  router_.add("POST", "/a",
              [](const Request& request, const Reply& reply) {
                reply({.status = 200, .content_type = "text/plain", .body = request.body, .headers = {}});
              },
              {.body_bytes = 1'000'000});
  serve_tls();
  const std::string body(700'000, 'b');
  TlsClient client(server_->port());
  client.send("POST /a HTTP/1.1\r\nConnection: close\r\nContent-Length: 700000\r\n\r\n" + body);
  EXPECT_THAT(client.read_all(), EndsWith(body));
}

TEST_F(ServerTlsTest, OldVersionsPlainTextAndSilenceAreSentAway) {
  router_.add("GET", "/a", says("yes"));
  serve_tls({.request_deadline = Milliseconds(100)});
  EXPECT_TRUE(TlsClient(server_->port(), TLS1_1_VERSION).failure());
  EXPECT_THAT(exchange(kAsk), testing::Not(HasSubstr("yes")));
  EXPECT_EQ(exchange(""), "");
  EXPECT_EQ(stats().tls_failures, 3U);
  EXPECT_EQ(stats().requests, 0U);
}

TEST_F(ServerTlsTest, ThisHostMaySpeakPlainlyOnTheSamePortWhereThatIsAllowed) {
  router_.add("GET", "/a", says("yes"));
  serve_tls({}, true);
  EXPECT_THAT(exchange(kAsk), EndsWith("yes"));
  TlsClient client(server_->port());
  client.send(kAsk);
  EXPECT_THAT(client.read_all(), EndsWith("yes"));
}

TEST_F(ServerTlsTest, AWebSocketTakesItsTlsAlongToAnotherThread) {
  echo();
  serve_tls();
  TlsClient client(server_->port());
  client.send(kUpgrade);
  EXPECT_THAT(client.read_bytes(12), StartsWith("HTTP/1.1 101"));
  client.send(from_client(Opcode::kText, "a") + from_client(Opcode::kBinary, std::string(50'000, 'b')) +
              kBye);
  EXPECT_THAT(client.read_all(), EndsWith(from_server(Opcode::kText, "got a") +
                                          from_server(Opcode::kBinary, "got " + std::string(50'000, 'b')) +
                                          close_from_server(1000)));
  EXPECT_THAT(closed_after(1), ElementsAre(std::pair(1000, "bye")));
}

TEST_F(ServerTlsTest, SpeaksWssWithAClientThatIsARealOne) {
  echo();
  serve_tls();
  asio::io_context io{1};
  WebSocketRequest request;
  request.url = "wss://127.0.0.1:" + std::to_string(server_->port()) + "/ws";
  request.verify_tls = false;
  std::string seen;
  std::unique_ptr<WebSocketClient> client;
  client = connect_websocket(io, request,
                             {.on_open = {},
                              .on_text =
                                  [&](std::string_view text) {
                                    seen = text;
                                    client->close();
                                  },
                              .on_binary = {},
                              .on_closed = {}});
  client->send_text("a");
  io.run_for(std::chrono::seconds(10));
  EXPECT_EQ(seen, "got a");
}

TEST_F(ServerTlsTest, NewHandshakesUseARenewedCertificateAndABrokenOneIsNotUsed) {
  echo();
  serve_tls();
  TlsClient old(server_->port());
  old.send(kUpgrade);
  old.read_bytes(12);
  write(make_certificate("second"));
  look();
  EXPECT_EQ(TlsClient(server_->port()).certificate(), "second");
  old.send(from_client(Opcode::kText, "still here") + kBye);
  EXPECT_THAT(old.read_all(), HasSubstr("got still here"));

  write_file(files_.certificate, make_certificate("of another key").certificate);
  look();
  EXPECT_EQ(TlsClient(server_->port()).certificate(), "second");
  std::filesystem::remove(files_.key);
  look();
  EXPECT_EQ(TlsClient(server_->port()).certificate(), "second");
  look();  // nothing has changed since
  EXPECT_EQ(tls_->broken(), 2U);

  write(make_certificate("third"));
  look();
  EXPECT_EQ(TlsClient(server_->port()).certificate(), "third");
}

TEST_F(ServerTlsTest, DoesNotStartWithoutACertificateOrWithTheKeyOfAnother) {
  const auto why = [this] {
    try {
      ServerTls::create(io_.get_executor(), files_);
    } catch (const StartupError& failure) {
      return std::string(failure.what());
    }
    return std::string();
  };
  EXPECT_EQ(why(), "");
  const std::string key = make_certificate("other").key;
  write_file(files_.key, key);
  EXPECT_THAT(why(), testing::AllOf(HasSubstr("key.pem"), testing::Not(HasSubstr(key.substr(40, 20)))));
  write_file(files_.certificate, "no PEM");
  EXPECT_THAT(why(), HasSubstr("cert.pem"));
}

}  // namespace
}  // namespace earshot::http
