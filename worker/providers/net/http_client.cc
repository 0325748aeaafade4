#include "worker/providers/net/http_client.h"

#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>

#include "common/base/check.h"
#include "worker/providers/net/public_address.h"

namespace earshot::worker {

namespace {

struct EasyDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct MultiDeleter {
  void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct MimeDeleter {
  void operator()(curl_mime* mime) const { curl_mime_free(mime); }
};

constexpr std::size_t kMaxHeaderBytes = 1024;

// libcurl asks for its global state once a process; a function-local static makes that safe from any thread.
void init_curl() {
  static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
  EARSHOT_CHECK(once == CURLE_OK, "curl_global_init");
}

std::string lower(std::string_view text) {
  std::string made(text);
  std::transform(made.begin(), made.end(), made.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return made;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == '\r' || text.back() == '\n' || text.back() == ' '))
    text.remove_suffix(1);
  return text;
}

Error to_error(CURLcode code, const char* detail) {
  const std::string what = *detail != '\0' ? detail : curl_easy_strerror(code);
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return {ErrorCode::kTimeout, what};
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return {ErrorCode::kInvalid, what};
    default:
      return {ErrorCode::kUnavailable, what};
  }
}

}  // namespace

// One transfer: what curl fills while it is inside curl_multi_socket_action, delivered after it has returned,
// so that a callback of ours may cancel or start anything.
struct Transfer {
  HttpCall call;
  HttpCallbacks callbacks;
  std::unique_ptr<CURL, EasyDeleter> easy;
  std::unique_ptr<curl_slist, ListDeleter> headers;
  std::unique_ptr<curl_mime, MimeDeleter> mime;
  char error_text[CURL_ERROR_SIZE] = {};
  HttpHead head;
  std::string pending;  // body bytes not yet delivered
  std::size_t received = 0;
  bool head_delivered = false;
  bool too_large = false;
  bool refused_address = false;
  bool cancelled = false;
  std::optional<CURLcode> result;
  std::optional<Error> failure;  // ours: a deadline
  std::unique_ptr<asio::steady_timer> deadline;

  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* user) {
    auto& self = *static_cast<Transfer*>(user);
    const std::string_view line(data, size * count);
    if (line.starts_with("HTTP/")) {
      self.head = {};  // of the last answer, should there be several (100 Continue)
      return size * count;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return size * count;
    const std::string name = lower(line.substr(0, colon));
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (name == "content-type") self.head.content_type = lower(trimmed(value.substr(0, value.find(';'))));
    if (name == "retry-after") self.head.retry_after = value;
    if (std::ranges::find(self.call.wanted_headers, name) != self.call.wanted_headers.end())
      self.head.headers[name] = value.substr(0, kMaxHeaderBytes);
    return size * count;
  }

  // In the place of socket(): an attacker who owns a name may have it point to this machine, whatever it pointed to
  // when somebody looked.
  static curl_socket_t on_open_socket(void* user, curlsocktype, curl_sockaddr* address) {
    auto& self = *static_cast<Transfer*>(user);
    if (!is_public_address(&address->addr, address->addrlen)) {
      self.refused_address = true;
      return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }

  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* user) {
    auto& self = *static_cast<Transfer*>(user);
    const std::size_t length = size * count;
    if (self.received + length > self.call.max_bytes) {
      self.too_large = true;
      return 0;  // curl ends the transfer with CURLE_WRITE_ERROR
    }
    self.received += length;
    self.pending.append(data, length);
    return length;
  }
};

// Runs on: the io_context. Kept alive by the HttpClient and by pending waits.
struct HttpClient::State : std::enable_shared_from_this<HttpClient::State> {
  struct Watch {
    explicit Watch(asio::io_context& io) : descriptor(io) {}
    asio::posix::stream_descriptor descriptor;
    int wanted = 0;  // CURL_POLL_*
    bool reading = false;
    bool writing = false;
  };

  State(asio::io_context& context, HttpReach whom) : io(context), timer(context), reach(whom) {
    init_curl();
    multi.reset(curl_multi_init());
    curl_multi_setopt(multi.get(), CURLMOPT_SOCKETFUNCTION, &State::on_socket);
    curl_multi_setopt(multi.get(), CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi.get(), CURLMOPT_TIMERFUNCTION, &State::on_timer);
    curl_multi_setopt(multi.get(), CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi.get(), CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    curl_multi_setopt(multi.get(), CURLMOPT_MAXCONNECTS, 64L);
  }

  static int on_socket(CURL*, curl_socket_t socket, int what, void* user, void*) {
    auto& self = *static_cast<State*>(user);
    if (what == CURL_POLL_REMOVE) {
      const auto found = self.watches.find(socket);
      if (found == self.watches.end()) return 0;
      found->second->wanted = 0;
      // curl owns and closes the socket; pending waits end with operation_aborted.
      found->second->descriptor.release();
      self.watches.erase(found);
      return 0;
    }
    auto& watch = self.watches[socket];
    if (!watch) {
      watch = std::make_shared<Watch>(self.io);
      watch->descriptor.assign(socket);
    }
    watch->wanted = what;
    self.wait(socket, watch);
    return 0;
  }

  void wait(curl_socket_t socket, const std::shared_ptr<Watch>& watch) {
    if ((watch->wanted & CURL_POLL_IN) != 0 && !watch->reading) {
      watch->reading = true;
      watch->descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                                   [self = shared_from_this(), socket, watch](error_code failure) {
                                     watch->reading = false;
                                     self->ready(socket, watch, CURL_CSELECT_IN, failure);
                                   });
    }
    if ((watch->wanted & CURL_POLL_OUT) != 0 && !watch->writing) {
      watch->writing = true;
      watch->descriptor.async_wait(asio::posix::stream_descriptor::wait_write,
                                   [self = shared_from_this(), socket, watch](error_code failure) {
                                     watch->writing = false;
                                     self->ready(socket, watch, CURL_CSELECT_OUT, failure);
                                   });
    }
  }

  void ready(curl_socket_t socket, const std::shared_ptr<Watch>& watch, int what, const error_code& failure) {
    if (stopped || watch->wanted == 0) return;  // curl lost its interest meanwhile
    act(socket, failure ? CURL_CSELECT_ERR : what);
    if (!stopped && watch->wanted != 0) wait(socket, watch);
  }

  static int on_timer(CURLM*, long timeout_ms, void* user) {
    auto& self = *static_cast<State*>(user);
    self.timer.cancel();
    if (timeout_ms < 0) return 0;
    self.timer.expires_after(Milliseconds(timeout_ms));
    self.timer.async_wait([weak = self.weak_from_this()](error_code failure) {
      const auto alive = weak.lock();
      if (!failure && alive && !alive->stopped) alive->act(CURL_SOCKET_TIMEOUT, 0);
    });
    return 0;
  }

  void act(curl_socket_t socket, int what) {
    int running = 0;
    curl_multi_socket_action(multi.get(), socket, what, &running);
    collect();
  }

  // Takes finished transfers out of curl, then delivers. Callbacks may start and cancel transfers.
  void collect() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const auto found = transfers.find(message->easy_handle);
      if (found != transfers.end()) found->second->result = message->data.result;
    }
    const auto snapshot = transfers;  // shared pointers: a transfer that is cancelled below stays valid here
    for (const auto& [handle, transfer] : snapshot) deliver(transfer);
  }

  void deliver(const std::shared_ptr<Transfer>& transfer) {
    if (transfer->cancelled) return;
    const bool over = transfer->result.has_value() || transfer->failure.has_value();
    if (!over && transfer->pending.empty()) return;
    long status = 0;
    curl_easy_getinfo(transfer->easy.get(), CURLINFO_RESPONSE_CODE, &status);
    transfer->head.status = static_cast<int>(status);
    if (!transfer->head_delivered && status != 0) {
      transfer->head_delivered = true;
      // A copy: cancel() inside the call clears the original.
      const auto on_head = transfer->callbacks.on_head;
      if (on_head) on_head(transfer->head);
    }
    if (!transfer->cancelled && !transfer->pending.empty()) {
      std::string piece;
      piece.swap(transfer->pending);
      if (!over) arm(transfer, transfer->call.deadlines.stall);
      const auto on_data = transfer->callbacks.on_data;
      if (on_data) on_data(piece);
    }
    if (transfer->cancelled || !over) return;
    const auto done = transfer->callbacks.on_done;
    Result<HttpHead> outcome = outcome_of(*transfer);
    remove(transfer);
    if (done) done(std::move(outcome));
  }

  static Result<HttpHead> outcome_of(const Transfer& transfer) {
    if (transfer.failure) return *transfer.failure;
    if (transfer.refused_address && *transfer.result != CURLE_OK)
      return Error{ErrorCode::kInvalid, "the address is not a public one"};
    if (transfer.too_large) return Error{ErrorCode::kTooLarge, "the answer is larger than allowed"};
    if (*transfer.result != CURLE_OK) return to_error(*transfer.result, transfer.error_text);
    return transfer.head;
  }

  void arm(const std::shared_ptr<Transfer>& transfer, Milliseconds patience) {
    transfer->deadline->expires_after(patience);
    transfer->deadline->async_wait(
        [weak = weak_from_this(), waiting = std::weak_ptr(transfer)](error_code failure) {
          const auto self = weak.lock();
          const auto late = waiting.lock();
          if (failure || !self || !late || late->cancelled || late->result) return;
          late->failure =
              Error{ErrorCode::kTimeout, late->received == 0 ? "no answer in time" : "the answer stalled"};
          self->deliver(late);
        });
  }

  void add(const std::shared_ptr<Transfer>& transfer) {
    transfers[transfer->easy.get()] = transfer;
    transfer->deadline = std::make_unique<asio::steady_timer>(io);
    arm(transfer, transfer->call.deadlines.first_byte);
    curl_multi_add_handle(multi.get(), transfer->easy.get());  // starts by itself through on_timer(0)
  }

  void remove(const std::shared_ptr<Transfer>& transfer) {
    transfer->cancelled = true;
    if (transfers.erase(transfer->easy.get()) == 0) return;
    transfer->deadline->cancel();
    curl_multi_remove_handle(multi.get(), transfer->easy.get());
    transfer->callbacks = {};
  }

  void stop() {
    stopped = true;
    const auto snapshot = transfers;
    for (const auto& [handle, transfer] : snapshot) remove(transfer);
    timer.cancel();
    multi.reset();  // closes the pool; each socket is reported to on_socket once more
    for (auto& [socket, watch] : watches) watch->descriptor.release();
    watches.clear();
  }

  asio::io_context& io;
  asio::steady_timer timer;
  HttpReach reach;
  std::map<curl_socket_t, std::shared_ptr<Watch>> watches;
  std::map<CURL*, std::shared_ptr<Transfer>> transfers;
  std::unique_ptr<CURLM, MultiDeleter> multi;
  bool stopped = false;
};

namespace {

void set_up(Transfer& transfer, HttpReach reach) {
  CURL* easy = transfer.easy.get();
  const HttpCall& call = transfer.call;
  curl_easy_setopt(easy, CURLOPT_URL, call.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  if (call.redirects > 0) {
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, static_cast<long>(call.redirects));
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  }
  if (reach == HttpReach::kPublic) {
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &transfer);
  }
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  // libcurl looks names up in threads and waits for them when a transfer ends early, with our only I/O thread.
  // The thread is left behind instead, and ends by itself when the name server's time is up.
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer.error_text);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(call.deadlines.connect.count()));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(call.deadlines.total.count()));
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
  for (const auto& [name, value] : call.headers) {
    curl_slist* longer = curl_slist_append(transfer.headers.get(), (name + ": " + value).c_str());
    (void)transfer.headers.release();
    transfer.headers.reset(longer);
  }
  if (!call.parts.empty()) {
    transfer.mime.reset(curl_mime_init(easy));
    for (const auto& part : call.parts) {
      curl_mimepart* made = curl_mime_addpart(transfer.mime.get());
      curl_mime_name(made, part.name.c_str());
      curl_mime_data(made, part.content.data(), part.content.size());
      if (!part.file_name.empty()) curl_mime_filename(made, part.file_name.c_str());
      if (!part.content_type.empty()) curl_mime_type(made, part.content_type.c_str());
    }
    curl_easy_setopt(easy, CURLOPT_MIMEPOST, transfer.mime.get());
  } else if (call.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else if (call.method != "GET") {
    // "Expect: 100-continue" would cost a round trip before a large body is sent.
    curl_slist* longer = curl_slist_append(transfer.headers.get(), "Expect:");
    (void)transfer.headers.release();
    transfer.headers.reset(longer);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call.body.data());
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call.method.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer.headers.get());
}

class CurlStream final : public HttpStream {
 public:
  CurlStream(std::function<void()> cancel) : cancel_(std::move(cancel)) {}
  ~CurlStream() override { cancel(); }
  void cancel() override {
    if (!cancel_) return;
    const auto once = std::move(cancel_);
    cancel_ = nullptr;
    once();
  }

 private:
  std::function<void()> cancel_;
};

}  // namespace

HttpClient::HttpClient(asio::io_context& io, HttpReach reach) : state_(std::make_shared<State>(io, reach)) {}

HttpClient::~HttpClient() {
  state_->stop();
}

std::unique_ptr<HttpStream> HttpClient::start(HttpCall call, HttpCallbacks callbacks) {
  auto transfer = std::make_shared<Transfer>();
  transfer->call = std::move(call);
  transfer->callbacks = std::move(callbacks);
  transfer->easy.reset(curl_easy_init());
  set_up(*transfer, state_->reach);
  state_->add(transfer);
  return std::make_unique<CurlStream>([weak = std::weak_ptr(state_), waiting = std::weak_ptr(transfer)] {
    const auto state = weak.lock();
    const auto unfinished = waiting.lock();
    if (state && unfinished) state->remove(unfinished);
  });
}

void HttpClient::warm(const std::string& url) {
  HttpCall call;
  call.method = "HEAD";
  call.url = url;
  call.deadlines.first_byte = Milliseconds(5000);
  auto transfer = std::make_shared<Transfer>();
  transfer->call = std::move(call);
  transfer->easy.reset(curl_easy_init());
  set_up(*transfer, state_->reach);
  state_->add(transfer);
}

ErrorCode code_of_status(int status) {
  switch (status) {
    case 400:
    case 414:
    case 422:
    case 431:
    case 451:
      return ErrorCode::kInvalid;
    case 413:
      return ErrorCode::kTooLarge;
    case 408:
    case 504:
      return ErrorCode::kTimeout;
    default:
      return ErrorCode::kUnavailable;
  }
}

std::string describe_status(int status) {
  switch (status) {
    case 400:
      return "400 Bad Request";
    case 401:
      return "401 Unauthorized: check the key";
    case 403:
      return "403 Forbidden: check the key and its rights";
    case 404:
      return "404 Not Found: check the URL and the model's name";
    case 408:
      return "408 Request Timeout";
    case 413:
      return "413 Content Too Large";
    case 429:
      return "429 Too Many Requests: quota or rate limit";
    case 500:
      return "500 Internal Server Error";
    case 502:
      return "502 Bad Gateway";
    case 503:
      return "503 Service Unavailable";
    case 504:
      return "504 Gateway Timeout";
    default:
      return "HTTP status " + std::to_string(status);
  }
}

}  // namespace earshot::worker
