#include "worker/hearing/audio_input.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace earshot::worker {

namespace {

constexpr std::size_t kBatch = 16;

}  // namespace

Result<std::shared_ptr<AudioInput>> AudioInput::create(SpeechCaptureConfig config, std::unique_ptr<Vad> vad,
                                                       AsrProvider& asr, const Clock& clock,
                                                       Executor executor, Executor strand,
                                                       SpeechCaptureHandlers handlers) {
  auto decoder = UplinkDecoder::create(
      {.codec = config.codec, .sample_rate_hz = config.sample_rate_hz, .packet_ms = config.packet_ms});
  if (!decoder) return decoder.error();
  std::shared_ptr<AudioInput> input(new AudioInput(Milliseconds{config.packet_ms}, std::move(executor),
                                                   std::move(strand), std::move(handlers)));
  input->capture_ = std::make_shared<SpeechCapture>(std::move(config), std::move(*decoder), std::move(vad),
                                                    asr, clock, input->strand_, input->forwarding_handlers());
  input->estimate_ = input->capture_->estimate();
  return input;
}

AudioInput::AudioInput(Milliseconds packet, Executor executor, Executor strand,
                       SpeechCaptureHandlers handlers)
    : executor_(std::move(executor)),
      strand_(std::move(strand)),
      handlers_(std::move(handlers)),
      early_(packet) {}

AudioInput::~AudioInput() {
  close();
}

std::vector<EarlyAudio::Arrived> AudioInput::early_audio(SteadyTime now) const {
  return deaf_ ? early_.heard(now) : std::vector<EarlyAudio::Arrived>{};
}

std::uint32_t AudioInput::listen(ListenMode mode, SteadyTime now) {
  std::vector<EarlyAudio::Arrived> early = early_audio(now);
  early_.clear();
  deaf_ = false;
  mode_ = mode;
  ++listening_;
  const SteadyTime since = early.empty() ? now : early.front().at;
  add({.kind = Item::Kind::kListen, .time = since, .packet = {}, .mode = mode, .listening = listening_});
  for (EarlyAudio::Arrived& arrived : early) push(std::move(arrived.packet), arrived.at);
  return listening_;
}

void AudioInput::listen_again(SteadyTime now) {
  if (deaf_) {
    listen(mode_, now);
  } else {
    add({.kind = Item::Kind::kListenAgain, .time = now, .packet = {}});
  }
}

void AudioInput::push(UplinkPacket packet, SteadyTime arrival) {
  if (deaf_) return early_.add(std::move(packet), arrival);
  const std::size_t most = arrival < replay_until_ ? kMaxReplay : kMaxQueuedPackets;
  if (queued_packets_ >= most) {
    const auto oldest = std::ranges::find(queue_, Item::Kind::kPacket, &Item::kind);
    queue_.erase(oldest);
    --queued_packets_;
    ++dropped_packets_;
  }
  ++queued_packets_;
  add({.kind = Item::Kind::kPacket, .time = arrival, .packet = std::move(packet)});
}

void AudioInput::finish(SteadyTime now) {
  if (!deaf_) add({.kind = Item::Kind::kFinish, .time = now, .packet = {}});
}

void AudioInput::mute(SteadyTime now) {
  if (deaf_) return;
  deaf_ = true;
  ++listening_;  // what is still on its way belongs to the past
  // The echo guard goes on, and a listening counts.
  std::erase_if(queue_, [](const Item& item) {
    return item.kind != Item::Kind::kListen && item.kind < Item::Kind::kReplyBegins;
  });
  queued_packets_ = 0;
  add({.kind = Item::Kind::kMute, .time = now, .packet = {}});
}

void AudioInput::give_up_deciding(SteadyTime now) {
  add({.kind = Item::Kind::kGiveUp, .time = now, .packet = {}});
}

void AudioInput::reply_begins(SteadyTime now) {
  early_.clear();  // the device's microphone is closed now, or open all the time
  add({.kind = Item::Kind::kReplyBegins, .time = now, .packet = {}});
}

void AudioInput::reply_level(double loudest_db, SteadyTime now) {
  add({.kind = Item::Kind::kReplyLevel, .time = now, .packet = {}, .level_db = loudest_db});
}

void AudioInput::reply_ended(bool interrupted, SteadyTime now) {
  add({.kind = interrupted ? Item::Kind::kReplyInterrupted : Item::Kind::kReplyEnded,
       .time = now,
       .packet = {}});
}

void AudioInput::reply_audio(TurnId turn, Bytes opus, SteadyTime now) {
  add({.kind = Item::Kind::kReplyAudio, .time = now, .packet = {.opus = std::move(opus)}, .turn = turn});
}

void AudioInput::reply_plays(TurnId turn, std::uint32_t timestamp, SteadyTime now) {
  add({.kind = Item::Kind::kReplyPlays,
       .time = now,
       .packet = {.opus = {}, .timestamp = timestamp},
       .turn = turn});
}

void AudioInput::tick(SteadyTime now) {
  // While audio flows the packets bring the time with them; in silence the strand is troubled only when due.
  const bool due = deadline_ && now >= *deadline_;
  if (due && !deaf_ && !pumping_ && queue_.empty())
    add({.kind = Item::Kind::kTick, .time = now, .packet = {}});
}

void AudioInput::close() {
  if (!open_) return;
  open_ = false;
  deaf_ = true;
  queue_.clear();
  asio::post(strand_, [capture = std::move(capture_)]() mutable { capture.reset(); });
}

AudioInput::Stats AudioInput::stats() const {
  return {.capture = capture_stats_, .dropped_packets = dropped_packets_};
}

SpeechCaptureHandlers AudioInput::forwarding_handlers() {
  SpeechCaptureHandlers forward;
  forward.on_barge_in = [weak = weak_from_this(), executor = executor_](UtteranceId id) {
    asio::post(executor, [weak, id] {
      const auto self = weak.lock();
      if (self && self->is_current(id)) self->handlers_.on_barge_in(id);
    });
  };
  forward.on_end = [weak = weak_from_this(), executor = executor_](UtteranceId id, UtteranceEnd end) {
    asio::post(executor, [weak, id, end] {
      const auto self = weak.lock();
      if (self && self->is_current(id)) self->handlers_.on_end(id, end);
    });
  };
  forward.on_times = [weak = weak_from_this(), executor = executor_](UtteranceId id,
                                                                     const UtteranceTimes& times) {
    asio::post(executor, [weak, id, times] {
      const auto self = weak.lock();
      if (self && self->is_current(id)) self->handlers_.on_times(id, times);
    });
  };
  forward.on_transcript = [weak = weak_from_this(), executor = executor_](UtteranceId id,
                                                                          Result<Transcript> transcript) {
    asio::post(executor, [weak, id, transcript = std::move(transcript)]() mutable {
      const auto self = weak.lock();
      if (self && self->is_current(id)) self->handlers_.on_transcript(id, std::move(transcript));
    });
  };
  if (handlers_.on_pause) {
    forward.on_pause = [weak = weak_from_this(), executor = executor_](UtteranceId id, std::string words) {
      asio::post(executor, [weak, id, words = std::move(words)]() mutable {
        const auto self = weak.lock();
        if (self && self->is_current(id)) self->handlers_.on_pause(id, std::move(words));
      });
    };
  }
  if (handlers_.on_resumed) {
    forward.on_resumed = [weak = weak_from_this(), executor = executor_](UtteranceId id) {
      asio::post(executor, [weak, id] {
        const auto self = weak.lock();
        if (self && self->is_current(id)) self->handlers_.on_resumed(id);
      });
    };
  }
  return forward;
}

void AudioInput::add(Item item) {
  if (!open_) return;
  queue_.push_back(std::move(item));
  pump();
}

// One batch at a time is on the strand; what comes meanwhile waits here, where it is bounded.
void AudioInput::pump() {
  if (pumping_ || queue_.empty() || !open_) return;
  pumping_ = true;
  std::vector<Item> batch;
  while (!queue_.empty() && batch.size() < kBatch) {
    if (queue_.front().kind == Item::Kind::kPacket) --queued_packets_;
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  asio::post(strand_, [weak = weak_from_this(), capture = capture_, executor = executor_,
                       batch = std::move(batch)]() mutable {
    for (Item& item : batch) run(*capture, std::move(item));
    asio::post(executor, [weak = std::move(weak), stats = capture->stats(), deadline = capture->deadline(),
                          estimate = capture->estimate(), in_utterance = capture->in_utterance()] {
      const auto self = weak.lock();
      if (!self) return;
      self->capture_stats_ = stats;
      self->deadline_ = deadline;
      self->estimate_ = estimate;
      self->in_utterance_ = in_utterance;
      self->pumping_ = false;
      self->pump();
    });
  });
}

void AudioInput::run(SpeechCapture& capture, Item item) {
  switch (item.kind) {
    case Item::Kind::kPacket:
      return capture.packet(std::move(item.packet), item.time);
    case Item::Kind::kListen:
      return capture.listen(item.listening, item.mode, item.time);
    case Item::Kind::kListenAgain:
      return capture.listen_again(item.time);
    case Item::Kind::kFinish:
      return capture.finish(item.time);
    case Item::Kind::kMute:
      return capture.mute();
    case Item::Kind::kGiveUp:
      return capture.give_up_deciding();
    case Item::Kind::kTick:
      return capture.tick(item.time);
    case Item::Kind::kReplyBegins:
      return capture.reply_begins(item.time);
    case Item::Kind::kReplyLevel:
      return capture.reply_level(item.level_db);
    case Item::Kind::kReplyEnded:
      return capture.reply_ended(false, item.time);
    case Item::Kind::kReplyInterrupted:
      return capture.reply_ended(true, item.time);
    case Item::Kind::kReplyAudio:
      return capture.reply_audio(item.turn, std::move(item.packet.opus));
    case Item::Kind::kReplyPlays:
      return capture.reply_plays(item.turn, item.packet.timestamp);
  }
}

}  // namespace earshot::worker
