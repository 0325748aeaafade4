// An MCP server over HTTP with server-sent events, as of 2024-11-05: one stream brings all that the server says, and
// first the address to which each of our texts is posted.
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

class SseLink final : public ServerLink {
 public:
  SseLink(HttpClient& http, WebTerms terms, std::size_t max_event_bytes, ServerLinkHandlers handlers);

  void open() override;
  void send(ServerMessage message) override;

 private:
  void on_event(const SseEvent& event);
  void send_next();
  void post(ServerMessage message);
  void on_posted(std::uint64_t number, const ServerMessage& message, const Result<HttpHead>& outcome);
  void down(const std::string& why);

  HttpClient& http_;
  WebTerms terms_;
  ServerLinkHandlers handlers_;
  SseReader events_;
  std::string post_url_;  // empty: not told yet
  PostQueue queue_;
  std::uint64_t last_post_ = 0;
  std::map<std::uint64_t, std::unique_ptr<HttpStream>> posts_;
  std::unique_ptr<HttpStream> stream_;
};

}  // namespace earshot::worker
