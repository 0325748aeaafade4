// HTTP for providers: streamed answers over libcurl's multi interface, on the worker's I/O thread. The only
// door to libcurl. Connections are pooled and kept warm; HTTP/2 is used where the server offers it over TLS.
//
// Runs on: the executor of the io_context given; all callbacks too.
// Owns: the curl handles, pool and timers.
// Bounded: an answer larger than `max_bytes` ends with kTooLarge; every call has a deadline for each phase.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/result.h"

namespace earshot::worker {

struct HttpDeadlines {
  Milliseconds connect{3000};
  Milliseconds first_byte{15000};  // of the answer's body, from the start of the call
  Milliseconds stall{30000};       // between two pieces of the body
  Milliseconds total{300000};
};

struct HttpPart {  // of multipart/form-data
  std::string name;
  std::string content;
  std::string file_name;     // empty: a plain field
  std::string content_type;  // with a file
};

struct HttpCall {
  std::string method = "POST";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;  // secrets among them are never logged
  std::string body;
  std::vector<HttpPart> parts;  // not empty: multipart, body is ignored
  HttpDeadlines deadlines;
  std::size_t max_bytes = 8 * 1024 * 1024;
  std::vector<std::string> wanted_headers = {};  // of the answer, lower case: kept in HttpHead
  // So many times the answer may send us to another address. Headers go there too: none with a secret in them.
  int redirects = 0;
};

struct HttpHead {
  int status = 0;
  std::string content_type;  // lower case, without parameters
  std::string retry_after;
  std::map<std::string, std::string> headers = {};  // of wanted_headers those that came, up to 1 KiB each
};

// Never called from inside start() or cancel(); none after cancel() returned or the stream was destroyed.
struct HttpCallbacks {
  std::function<void(const HttpHead&)> on_head;   // optional; before the first on_data, or before on_done
  std::function<void(std::string_view)> on_data;  // pieces of any length, of any status
  // Exactly once; kTimeout, kUnavailable, kTooLarge, kInvalid (URL).
  std::function<void(Result<HttpHead>)> on_done;
};

// One call. Destroying it cancels.
class HttpStream {
 public:
  virtual ~HttpStream() = default;
  virtual void cancel() = 0;
};

// Whom a client may connect to. kPublic: nobody on this machine or in networks that the internet does not know
// (public_address.h): asked of each address that it really connects to, after names were looked up and redirects
// followed, and without a proxy, which would connect in its place.
enum class HttpReach { kAnybody, kPublic };

class HttpClient {
 public:
  explicit HttpClient(asio::io_context& io, HttpReach reach = HttpReach::kAnybody);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  std::unique_ptr<HttpStream> start(HttpCall call, HttpCallbacks callbacks);
  // Opens a connection ahead of its first use (a HEAD request whose answer does not matter).
  void warm(const std::string& url);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// What a status that is no success says of the service. kInvalid and kTooLarge: of this
// request alone, by what is in it. kTimeout, and kUnavailable for all else, keys, quotas and addresses too: of
// every request.
ErrorCode code_of_status(int status);
// "401 Unauthorized" and the like, for errors and traces; never the body, which may repeat a key.
std::string describe_status(int status);

}  // namespace earshot::worker
