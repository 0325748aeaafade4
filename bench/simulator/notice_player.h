// What a `notify` starts on firmware 2.5.0: fetches the speech, plays it through the decode queue, and shows each
// subtitle at its time. The microphone stays shut.
//
// Runs on: the io_context's thread.
// Owns: the fetch and a player.
// Borrows: io and agenda.
// Lifecycle: create() fetches -> plays -> over(), once.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bench/simulator/agenda.h"
#include "bench/simulator/notice_fetch.h"
#include "bench/simulator/player.h"
#include "common/json/json.h"

namespace earshot::simulator {

class NoticePlayer : public std::enable_shared_from_this<NoticePlayer> {
 public:
  struct Handlers {
    std::function<void(const std::string& text)> sentence;
    std::function<void(const Pcm& pcm, SteadyTime at, bool gap)> played;
    std::function<void(const Violation&)> broken;
    std::function<void()> over;
  };

  // RETURNS: nullptr when the message names no address: such a one is ignored.
  static std::shared_ptr<NoticePlayer> create(asio::io_context& io, Agenda& agenda, std::size_t queue_packets,
                                              const json::object& notify, Handlers handlers);

 private:
  NoticePlayer(Agenda& agenda, std::size_t queue_packets, const json::object& notify, Handlers handlers);
  void fetched(Result<OggSpeech> speech);
  void feed();
  void finish();

  struct Subtitle {
    Milliseconds start{};
    std::string text;
  };

  Agenda& agenda_;
  std::size_t queue_packets_;
  std::vector<Subtitle> subtitles_;
  Handlers handlers_;
  std::vector<Bytes> packets_;
  std::size_t next_ = 0;
  std::shared_ptr<Player> player_;
  bool over_ = false;
  std::unique_ptr<NoticeFetch> fetch_;
};

}  // namespace earshot::simulator
