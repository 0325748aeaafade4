#include "bench/simulator/notice_fetch.h"

#include <memory>
#include <utility>

#include "common/http/http_client.h"

namespace earshot::simulator {

namespace {

constexpr Milliseconds kFetchWait{5000};

Result<OggSpeech> fetch(const std::string& url) {
  http::Headers headers;
  headers.add("Accept", "audio/ogg");
  headers.add("Accept-Encoding", "identity");
  const auto answer = http::request("GET", url, headers, {}, kFetchWait);
  if (!answer) return answer.error();
  if (answer->status < 200 || answer->status > 299)
    return Error{ErrorCode::kInvalid, "the status is " + std::to_string(answer->status)};
  const bool told_length = !answer->headers.find("Content-Length").empty();
  const bool chunked = answer->headers.find("Transfer-Encoding") == "chunked";
  if (!told_length && !chunked) return Error{ErrorCode::kInvalid, "neither Content-Length nor chunked"};
  return read_ogg_opus(answer->body);
}

}  // namespace

NoticeFetch::NoticeFetch(asio::io_context& io, std::string url, Done done)
    : done_(std::make_shared<Done>(std::move(done))),
      thread_(
          [&io, work = asio::make_work_guard(io), url = std::move(url), weak = std::weak_ptr<Done>(done_)] {
            asio::post(io, [weak, speech = fetch(url)]() mutable {
              if (const auto alive = weak.lock()) (*alive)(std::move(speech));
            });
          }) {}

NoticeFetch::~NoticeFetch() {
  thread_.join();
}

}  // namespace earshot::simulator
