// A scripted HTTP server for provider tests and benches: plays the documented order of bytes, and the faults.
// A thread a connection and blocking sockets keep the scripts readable top to bottom. Loopback only.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace earshot::fakes {

using Delay = std::chrono::milliseconds;

struct FakeRequest {
  std::string method;
  std::string path;  // without query
  std::string query;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

// What goes wrong with each answer, whatever the script does. The defaults are a healthy server.
struct FakeFault {
  int status = 0;             // not 0: answer with it and `body`, the script is not asked
  std::string body;           // e.g. an error object, an HTML page
  Delay first_byte_delay{0};  // before the head
  // Not 0: after so many body bytes nothing more comes, the connection stays open.
  std::size_t stall_after = 0;
  std::size_t truncate_after = 0;  // not 0: after so many body bytes the connection is closed in order
  std::size_t reset_after = 0;     // not 0: after so many body bytes it is reset
  bool garbage = false;            // the body is random bytes
  bool one_byte_chunks = false;    // each byte is a write and a chunk of its own
};

class FakeAnswer {
 public:
  virtual ~FakeAnswer() = default;
  // REQUIRES: called once, before send(). Without a length the body is chunked.
  virtual void head(int status, std::string_view content_type,
                    const std::vector<std::pair<std::string, std::string>>& headers = {}) = 0;
  virtual void send(std::string_view bytes) = 0;
  virtual void wait(Delay delay) = 0;  // ends early when the server stops
};

class FakeHttpServer {
 public:
  using Script = std::function<void(const FakeRequest&, FakeAnswer&)>;

  FakeHttpServer();
  ~FakeHttpServer();  // ends all connections and joins
  FakeHttpServer(const FakeHttpServer&) = delete;
  FakeHttpServer& operator=(const FakeHttpServer&) = delete;

  std::uint16_t port() const;
  std::string url(const std::string& path = "") const;  // http://127.0.0.1:port/path
  void on(const std::string& method, const std::string& path, Script script);
  void set_fault(FakeFault fault);
  std::vector<FakeRequest> requests() const;
  std::size_t connections() const;  // accepted so far: shows whether a pool reuses them

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// {"object":"..."} parts of server-sent events: "data: <text>\n\n".
std::string sse(std::string_view data);

}  // namespace earshot::fakes
