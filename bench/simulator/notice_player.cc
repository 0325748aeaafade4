#include "bench/simulator/notice_player.h"

#include <utility>

namespace earshot::simulator {

namespace {
constexpr int kDecoderRateHz = 24'000;     // of most boards' codecs (device-protocol 7.2)
constexpr Milliseconds kFeedInterval{20};  // far below what the queue holds
}  // namespace

std::shared_ptr<NoticePlayer> NoticePlayer::create(asio::io_context& io, Agenda& agenda,
                                                   std::size_t queue_packets, const json::object& notify,
                                                   Handlers handlers) {
  const auto url = json::find_string(notify, "audio_url");
  if (!url) return nullptr;
  std::shared_ptr<NoticePlayer> player(new NoticePlayer(agenda, queue_packets, notify, std::move(handlers)));
  player->fetch_ = std::make_unique<NoticeFetch>(
      io, std::string(*url), [weak = std::weak_ptr<NoticePlayer>(player)](Result<OggSpeech> speech) {
        if (const auto self = weak.lock()) self->fetched(std::move(speech));
      });
  return player;
}

NoticePlayer::NoticePlayer(Agenda& agenda, std::size_t queue_packets, const json::object& notify,
                           Handlers handlers)
    : agenda_(agenda), queue_packets_(queue_packets), handlers_(std::move(handlers)) {
  const json::array* subtitles = json::find_array(notify, "subtitles");
  if (subtitles == nullptr) return;
  for (const json::value& subtitle : *subtitles) {
    const json::object* shown = subtitle.if_object();
    if (shown == nullptr) continue;
    subtitles_.push_back({Milliseconds(json::find_int(*shown, "start_ms").value_or(0)),
                          std::string(json::find_string(*shown, "text").value_or(""))});
  }
}

void NoticePlayer::fetched(Result<OggSpeech> speech) {
  const auto fail = [this](const std::string& why) {
    handlers_.broken({Rule::kNotifyBad, why});
    finish();
  };
  if (!speech) return fail(speech.error().message);
  packets_ = std::move(speech->packets);
  const auto weak = weak_from_this();
  auto player = Player::create(agenda_, kDecoderRateHz, static_cast<int>(speech->longest_packet.count()),
                               queue_packets_,
                               {.played =
                                    [weak](const Pcm& pcm, SteadyTime at, bool gap) {
                                      if (const auto self = weak.lock()) self->handlers_.played(pcm, at, gap);
                                    },
                                .drained =
                                    [weak] {
                                      const auto self = weak.lock();
                                      if (self && self->next_ == self->packets_.size()) self->finish();
                                    },
                                .broken =
                                    [weak](const Violation& violation) {
                                      if (const auto self = weak.lock()) self->handlers_.broken(violation);
                                    }});
  if (!player) return fail(player.error().message);
  player_ = std::move(*player);
  const SteadyTime begin = agenda_.now();
  for (const Subtitle& subtitle : subtitles_) {
    agenda_.at(begin + subtitle.start, [weak, text = subtitle.text] {
      if (const auto self = weak.lock()) self->handlers_.sentence(text);
    });
  }
  feed();
}

void NoticePlayer::feed() {
  while (next_ < packets_.size() && !player_->full()) {
    Bytes packet = std::move(packets_[next_++]);
    player_->push({.opus = std::move(packet), .sequence = static_cast<std::uint32_t>(next_)});
  }
  if (next_ == packets_.size()) return;  // the player tells when it has played them
  agenda_.after(kFeedInterval, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->feed();
  });
}

void NoticePlayer::finish() {
  if (!std::exchange(over_, true)) handlers_.over();
}

}  // namespace earshot::simulator
