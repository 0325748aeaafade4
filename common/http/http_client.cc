#include "common/http/http_client.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <array>
#include <functional>
#include <optional>

#include "common/asio/asio.h"
#include "common/http/client_stream.h"

namespace earshot::http {

namespace beast = boost::beast;
namespace bhttp = boost::beast::http;

namespace {

constexpr std::uint64_t kMaxAnswerBytes = 1024 * 1024;
constexpr std::size_t kPieceBytes = 16 * 1024;

// One exchange as a chain of callbacks on a private io_context: connect, (TLS,) write, then what the kind of
// answer asks for.
class Exchange {
 public:
  Exchange(const std::string& method, const Url& url, const Headers& headers, std::string body) : url_(url) {
    request_.version(11);
    request_.method_string(method);
    request_.target(url.target);
    const bool default_port = url.port == (url.secure ? "443" : "80");
    request_.set(bhttp::field::host, default_port ? url.host : url.host + ":" + url.port);
    request_.set(bhttp::field::connection, "close");
    for (const auto& [name, value] : headers.all()) request_.set(name, value);
    request_.body() = std::move(body);
    request_.prepare_payload();
  }

  Result<Response> answer_within(Milliseconds timeout) {
    bhttp::response_parser<bhttp::string_body> parser;
    parser.body_limit(kMaxAnswerBytes);
    deadline_ = std::chrono::steady_clock::now() + timeout;
    begin([&] {
      bhttp::async_read(stream_, buffer_, parser, [this](error_code garbled, std::size_t) {
        if (garbled) return fail(garbled);
        over_ = true;
      });
    });
    if (const Status status = wait(); !status) return status.error();
    Response response = head_of(parser.get());
    response.body = std::move(parser.get().body());
    return response;
  }

  Status stream_to(const StreamHandlers& handlers, Milliseconds idle) {
    bhttp::response_parser<bhttp::buffer_body> parser;
    parser.body_limit(boost::none);
    idle_ = idle;
    deadline_ = std::chrono::steady_clock::now() + idle;
    begin([&] {
      bhttp::async_read_header(stream_, buffer_, parser, [&](error_code garbled, std::size_t) {
        if (garbled) return fail(garbled);
        if (!handlers.on_head(head_of(parser.get()))) return finish();
        read_piece(parser, handlers);
      });
    });
    return wait();
  }

 private:
  using PieceParser = bhttp::response_parser<bhttp::buffer_body>;

  template <class Field>
  static Response head_of(const Field& from) {
    Response response;
    response.status = static_cast<int>(from.result_int());
    response.content_type = std::string(from[bhttp::field::content_type]);
    for (const auto& field : from)
      response.headers.add(std::string(field.name_string()), std::string(field.value()));
    return response;
  }

  void begin(std::function<void()> next) {
    stream_.open(url_.host, url_.port,
                 [this, next = std::move(next)](const error_code& refused, ClientStream::Step) {
                   if (refused) return fail(refused);
                   send(next);
                 });
  }

  void send(std::function<void()> next) {
    connected_ = true;
    bhttp::async_write(stream_, request_, [this, next = std::move(next)](error_code broken, std::size_t) {
      if (broken) return fail(broken);
      next();
    });
  }

  void read_piece(PieceParser& parser, const StreamHandlers& handlers) {
    if (parser.is_done()) return finish();
    deadline_ = std::chrono::steady_clock::now() + idle_;
    parser.get().body().data = piece_.data();
    parser.get().body().size = piece_.size();
    bhttp::async_read_some(stream_, buffer_, parser, [&](error_code failure, std::size_t) {
      const std::size_t bytes = piece_.size() - parser.get().body().size;
      const bool enough = bytes > 0 && !handlers.on_bytes(std::string_view(piece_.data(), bytes));
      if (enough || failure == bhttp::error::end_of_stream) return finish();
      if (failure && failure != bhttp::error::need_buffer) return fail(failure);
      read_piece(parser, handlers);
    });
  }

  Status wait() {
    while (!over_ && io_.run_one_until(deadline_) != 0) {
    }
    const std::string where = url_.host + ":" + url_.port;
    if (!over_) return Error{ErrorCode::kTimeout, "no answer from " + where + " in time"};
    if (!failure_) return kDone;
    if (*failure_ == bhttp::error::body_limit)
      return Error{ErrorCode::kTooLarge, "the answer of " + where + " is too large"};
    if (!connected_)
      return Error{ErrorCode::kUnavailable, "cannot connect to " + where + ": " + failure_->message()};
    // A server that goes away while it answers has not spoken nonsense.
    const bool broken = failure_->category() != make_error_code(bhttp::error::bad_method).category();
    return Error{
        broken ? ErrorCode::kUnavailable : ErrorCode::kInvalid,
        where + (broken ? " broke the connection: " : " did not answer in HTTP: ") + failure_->message()};
  }

  void finish() { over_ = true; }
  void fail(const error_code& failure) {
    failure_ = failure;
    over_ = true;
  }

  Url url_;
  asio::io_context io_{1};
  ClientStream stream_{io_, url_.secure ? Tls::kVerified : Tls::kNone};
  bhttp::request<bhttp::string_body> request_;
  beast::flat_buffer buffer_;
  std::array<char, kPieceBytes> piece_;
  Milliseconds idle_{0};
  SteadyTime deadline_;
  std::optional<error_code> failure_;
  bool connected_ = false;
  bool over_ = false;
};

}  // namespace

Result<Url> Url::parse(const std::string& text) {
  Url url;
  std::string rest;
  if (text.starts_with("http://")) {
    rest = text.substr(7);
  } else if (text.starts_with("https://")) {
    rest = text.substr(8);
    url.port = "443";
    url.secure = true;
  } else {
    return Error{ErrorCode::kInvalid, "the URL must start with http:// or https://"};
  }
  const auto slash = rest.find('/');
  const std::string authority = rest.substr(0, slash);
  if (slash != std::string::npos) url.target = rest.substr(slash);
  const auto colon = authority.rfind(':');
  url.host = authority.substr(0, colon);
  if (colon != std::string::npos) url.port = authority.substr(colon + 1);
  const bool digits = !url.port.empty() && url.port.size() <= 5 &&
                      url.port.find_first_not_of("0123456789") == std::string::npos;
  if (url.host.empty() || !digits)
    return Error{ErrorCode::kInvalid, "the URL needs a host and, if any, a numeric port"};
  if (url.target.find_first_of(" \r\n\t") != std::string::npos)
    return Error{ErrorCode::kInvalid, "the URL holds white space"};
  return url;
}

Result<Response> request(const std::string& method, const std::string& url, const Headers& headers,
                         std::string body, Milliseconds timeout) {
  const auto parsed = Url::parse(url);
  if (!parsed) return parsed.error();
  return Exchange(method, *parsed, headers, std::move(body)).answer_within(timeout);
}

Status stream(const std::string& url, const Headers& headers, const StreamHandlers& handlers,
              Milliseconds idle) {
  const auto parsed = Url::parse(url);
  if (!parsed) return parsed.error();
  return Exchange("GET", *parsed, headers, "").stream_to(handlers, idle);
}

}  // namespace earshot::http
