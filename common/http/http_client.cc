#include "common/http/http_client.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <optional>

#include "common/asio/asio.h"

namespace earshot::http {

namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::ip::tcp;

namespace {

constexpr std::uint64_t kMaxAnswerBytes = 1024 * 1024;

// One request as a chain of callbacks on a private io_context.
class Exchange {
 public:
  Exchange(const std::string& method, const Url& url, const Headers& headers, std::string body)
      : resolver_(io_), stream_(io_), url_(url) {
    request_.version(11);
    request_.method_string(method);
    request_.target(url.target);
    request_.set(bhttp::field::host, url.host);
    request_.set(bhttp::field::connection, "close");
    for (const auto& [name, value] : headers.all()) request_.set(name, value);
    request_.body() = std::move(body);
    request_.prepare_payload();
    parser_.body_limit(kMaxAnswerBytes);
  }

  Result<Response> run(Milliseconds timeout) {
    resolver_.async_resolve(
        url_.host, url_.port, [this](error_code failure, tcp::resolver::results_type found) {
          if (failure) return fail(failure);
          stream_.async_connect(found, [this](error_code refused, const tcp::endpoint&) {
            if (refused) return fail(refused);
            connected_ = true;
            bhttp::async_write(stream_, request_, [this](error_code broken, std::size_t) {
              if (broken) return fail(broken);
              bhttp::async_read(stream_, buffer_, parser_, [this](error_code garbled, std::size_t) {
                if (garbled) return fail(garbled);
                done_ = true;
              });
            });
          });
        });
    io_.run_for(timeout);
    if (done_) return answer();
    const std::string where = url_.host + ":" + url_.port;
    if (!failure_) return Error{ErrorCode::kTimeout, "no answer from " + where + " in time"};
    if (*failure_ == bhttp::error::body_limit)
      return Error{ErrorCode::kTooLarge, "the answer of " + where + " is too large"};
    if (!connected_)
      return Error{ErrorCode::kUnavailable, "cannot connect to " + where + ": " + failure_->message()};
    return Error{ErrorCode::kInvalid, where + " did not answer in HTTP: " + failure_->message()};
  }

 private:
  void fail(const error_code& failure) { failure_ = failure; }
  Response answer() {
    auto& from = parser_.get();
    Response response;
    response.status = static_cast<int>(from.result_int());
    response.content_type = std::string(from[bhttp::field::content_type]);
    for (const auto& field : from)
      response.headers.add(std::string(field.name_string()), std::string(field.value()));
    response.body = std::move(from.body());
    return response;
  }

  asio::io_context io_{1};
  tcp::resolver resolver_;
  beast::tcp_stream stream_;
  Url url_;
  bhttp::request<bhttp::string_body> request_;
  bhttp::response_parser<bhttp::string_body> parser_;
  beast::flat_buffer buffer_;
  std::optional<error_code> failure_;
  bool connected_ = false;
  bool done_ = false;
};

}  // namespace

Result<Url> Url::parse(const std::string& text) {
  static const std::string kScheme = "http://";
  if (!text.starts_with(kScheme)) return Error{ErrorCode::kInvalid, "the URL must start with http://"};
  const std::string rest = text.substr(kScheme.size());
  const auto slash = rest.find('/');
  const std::string authority = rest.substr(0, slash);
  Url url;
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
  return Exchange(method, *parsed, headers, std::move(body)).run(timeout);
}

}  // namespace earshot::http
