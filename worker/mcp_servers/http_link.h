// An MCP server over streamable HTTP: each of our texts is a request, its answer JSON or a stream of events, and beside
// them one stream for what the server says of its own accord (many offer none).
//
// A stream that breaks off before its reply is taken up again behind the last event that came (Last-Event-ID), if its
// events had ids. A session that the server has forgotten (404) is told of; the client begins another.
//
// Runs on: the worker's I/O thread.
// Owns: its requests.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "common/asio/asio.h"
#include "worker/mcp_servers/post_queue.h"
#include "worker/mcp_servers/server_link.h"
#include "worker/mcp_servers/web_terms.h"
#include "worker/providers/net/http_client.h"
#include "worker/providers/net/sse_reader.h"

namespace earshot::worker {

class HttpLink final : public ServerLink {
 public:
  HttpLink(asio::io_context& io, HttpClient& http, WebTerms terms, std::size_t max_message_bytes,
           ServerLinkHandlers handlers);
  ~HttpLink() override;  // tells the server that the session is over, without waiting for it

  void open() override;
  void send(ServerMessage message) override;
  void version_known(const std::string& version) override;

 private:
  static constexpr Milliseconds kListenAgain{5'000};  // grows while the server refuses

  // One request of ours and its answer, or a stream that is listened to.
  struct Exchange {
    explicit Exchange(std::size_t max_bytes) : events(max_bytes) {}
    std::int64_t request = 0;
    bool barrier = false;
    bool initialize = false;
    bool listens = false;  // the server's own stream
    HttpHead head;
    std::string body;  // of JSON
    SseReader events;
    std::string last_event;
    std::string session;  // in which it was sent
    int resumed = 0;
    std::unique_ptr<HttpStream> stream;
  };

  HttpCall call_to(const std::string& method) const;
  void send_next();
  void post(ServerMessage message);
  void begin(HttpCall call, const std::shared_ptr<Exchange>& exchange);
  void on_head(Exchange& exchange, const HttpHead& head);
  void on_data(const std::shared_ptr<Exchange>& exchange, std::string_view piece);
  void on_event(Exchange& exchange, const SseEvent& event);
  void on_done(std::uint64_t number, const Result<HttpHead>& outcome);
  void finish(const std::shared_ptr<Exchange>& exchange, const Result<HttpHead>& outcome);
  void take_up(const std::shared_ptr<Exchange>& exchange);
  void listen();
  void listen_later(bool was_heard);
  void listen_if_ready();

  asio::io_context& io_;
  HttpClient& http_;
  WebTerms terms_;
  std::size_t max_message_bytes_;
  ServerLinkHandlers handlers_;
  PostQueue queue_;
  std::string session_;
  std::string version_;
  std::string last_heard_;  // event of the server's own stream
  std::uint64_t last_exchange_ = 0;
  std::map<std::uint64_t, std::shared_ptr<Exchange>> exchanges_;
  bool listening_ = false;
  bool listens_never_ = false;  // the server offers no stream of its own
  Milliseconds listen_pause_{kListenAgain};
  asio::steady_timer listen_timer_;
  std::shared_ptr<HttpLink*> alive_;
};

}  // namespace earshot::worker
