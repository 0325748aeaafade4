// The GET of a notice's speech, as firmware 2.5.0 does it: 5 s, no redirect, 2xx, Content-Length or chunked.
// Runs on: the io_context's thread; the waiting is a thread of its own, which the destructor joins.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "bench/simulator/ogg_reader.h"
#include "common/asio/asio.h"
#include "common/base/result.h"

namespace earshot::simulator {

class NoticeFetch {
 public:
  using Done = std::function<void(Result<OggSpeech>)>;

  // `done` is called on the io_context, unless this has died before.
  // Errors: kInvalid, what the firmware would not have played; those of http::request.
  NoticeFetch(asio::io_context& io, std::string url, Done done);
  ~NoticeFetch();
  NoticeFetch(const NoticeFetch&) = delete;
  NoticeFetch& operator=(const NoticeFetch&) = delete;

 private:
  std::shared_ptr<Done> done_;
  std::thread thread_;
};

}  // namespace earshot::simulator
