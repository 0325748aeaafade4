#include "worker/hearing/speech_capture.h"

#include <algorithm>
#include <utility>

namespace earshot::worker {

namespace {

constexpr Milliseconds kCaptureFrame{kVadFrameMs};
// Who speaks so soon after the silence that ended the turn, before any reply, had not finished.
constexpr Milliseconds kCutOff{500};

Endpointer::Mode endpoint_mode(ListenMode mode) {
  return mode == ListenMode::kManual ? Endpointer::Mode::kManual : Endpointer::Mode::kAutomatic;
}

}  // namespace

SpeechCapture::SpeechCapture(SpeechCaptureConfig config, UplinkDecoder decoder, std::unique_ptr<Vad> vad,
                             AsrProvider& asr, const Clock& clock, Executor strand,
                             SpeechCaptureHandlers handlers)
    : config_(std::move(config)),
      decoder_(std::move(decoder)),
      vad_(std::move(vad)),
      asr_(asr),
      clock_(clock),
      strand_(std::move(strand)),
      handlers_(std::move(handlers)),
      endpointer_(config_.endpoint),
      silence_({.nominal = config_.endpoint.trailing_silence,
                .min = config_.silence_min,
                .max = config_.silence_max}),
      guess_(config_.endpoint.speculation_pause, config_.recogniser_lag->usual()) {
  if (config_.learnt.silence.count() > 0) silence_.go_on(config_.learnt.silence);
  if (config_.learnt.echo_loss_db > 0) echo_guard_.go_on(config_.learnt.echo_loss_db);
  if (!config_.device_leaves_echo) return;
  echo_guard_.mute();
  auto reference = EchoReference::create(config_.downlink_ms);
  if (reference && config_.make_echo_canceller && config_.packet_ms % 10 == 0)
    echo_remover_.emplace(std::move(*reference), config_.make_echo_canceller());
}

void SpeechCapture::listen(std::uint32_t listening, ListenMode mode, SteadyTime now) {
  mute();
  utterance_ = {.listening = listening, .number = 0};
  mode_ = mode;
  order_.restart();  // what came while nobody listened was left out, and is no loss
  decoder_.reset();
  vad_->reset();
  begin_waiting(now);
}

void SpeechCapture::listen_again(SteadyTime now) {
  if (endpointer_.idle()) begin_waiting(now);
}

void SpeechCapture::packet(UplinkPacket packet, SteadyTime arrival) {
  for (const UplinkPacket& next : order_.push(std::move(packet), arrival)) hear(next, arrival);
}

void SpeechCapture::finish(SteadyTime now) {
  if (endpointer_.idle()) return;
  // What is still held for order was spoken before the key was released.
  for (const UplinkPacket& next : order_.flush()) hear(next, now);
  if (endpointer_.idle()) return;
  const Endpoint endpoint = endpointer_.finish();
  if (endpoint == Endpoint::kNone) return;
  mode_ = ListenMode::kManual;  // the device has stopped listening, in whatever mode it was: nothing goes on
  end_utterance(endpoint, now);
}

void SpeechCapture::mute() {
  endpointer_.stop();
  stream_.reset();
  deciding_.clear();
  samples_.clear();
  pre_roll_.clear();
}

void SpeechCapture::give_up_deciding() {
  deciding_.clear();
}

void SpeechCapture::reply_begins(SteadyTime now) {
  echo_guard_.begin(now);
  if (!echo_remover_) return;
  echo_remover_->reply_begins();
  echo_guard_.mute();
}

void SpeechCapture::reply_level(double loudest_db) {
  echo_guard_.raise_reply(loudest_db);
}

void SpeechCapture::reply_ended(bool interrupted, SteadyTime now) {
  echo_guard_.end(now, interrupted);
}

void SpeechCapture::reply_audio(TurnId turn, Bytes opus) {
  if (echo_remover_) echo_remover_->reference().add(turn, std::move(opus));
}

void SpeechCapture::reply_plays(TurnId turn, std::uint32_t timestamp) {
  if (echo_remover_) echo_remover_->reference().started(turn, timestamp);
}

void SpeechCapture::tick(SteadyTime now) {
  // What waits for a packet that is lost was spoken before the silence.
  for (const UplinkPacket& next : order_.expire(now)) hear(next, now);
  const auto due = endpointer_.deadline();
  if (due && now >= *due) act_on(endpointer_.on_time(now), *due);
}

std::optional<SteadyTime> SpeechCapture::deadline() const {
  const auto decides = endpointer_.deadline();
  const auto order = order_.deadline();
  if (!decides || !order) return decides ? decides : order;
  return std::min(*decides, *order);
}

CaptureStats SpeechCapture::stats() const {
  return {.lost_packets = order_.lost(), .late_packets = order_.late(), .undecodable_packets = undecodable_};
}

void SpeechCapture::hear(const UplinkPacket& packet, SteadyTime arrival) {
  // Between two utterances the decoder keeps running, so that it is in step when the next one begins.
  Pcm pcm;
  if (packet.lost) {
    pcm = decoder_.conceal();
  } else if (auto decoded = decoder_.decode(packet.opus)) {
    pcm = std::move(*decoded);
  } else {
    ++undecodable_;
    pcm = decoder_.conceal();
  }
  remove_echo(packet, pcm.samples);
  if (endpointer_.idle()) return;
  samples_.insert(samples_.end(), pcm.samples.begin(), pcm.samples.end());
  const std::vector<std::int16_t> heard = std::exchange(samples_, {});
  std::size_t used = 0;
  for (; used + kVadFrameSamples <= heard.size() && !endpointer_.idle(); used += kVadFrameSamples) {
    on_frame(std::span(heard).subspan(used, kVadFrameSamples), arrival);
  }
  if (!endpointer_.idle()) samples_.assign(heard.begin() + static_cast<std::ptrdiff_t>(used), heard.end());
}

void SpeechCapture::on_frame(std::span<const std::int16_t> frame, SteadyTime arrival) {
  const bool was_speaking = endpointer_.speaking();
  const bool speech = is_users_speech(frame, arrival);
  const Endpoint endpoint = endpointer_.on_frame(speech, arrival);
  if (const auto pause = endpointer_.take_pause()) {
    silence_.on_pause(*pause);
    adapt_silence();
  }
  if (stream_ && was_speaking) {
    stream_->write(frame);
    if (speech) {
      speech_ += kCaptureFrame;
      last_word_.reset();
    }
  } else {
    pre_roll_.insert(pre_roll_.end(), frame.begin(), frame.end());
    const auto keep = static_cast<std::size_t>(endpointer_.pre_roll() / kCaptureFrame) * kVadFrameSamples;
    while (pre_roll_.size() > keep) pre_roll_.pop_front();
  }
  act_on(endpoint, arrival);
  if (stream_ && !barge_in_told_ && speech_ >= config_.barge_in_speech) {
    barge_in_told_ = true;
    handlers_.on_barge_in(utterance_);
  }
}

void SpeechCapture::remove_echo(const UplinkPacket& packet, std::span<std::int16_t> heard) {
  if (!echo_remover_) return;
  echo_remover_->clean(packet, heard);
  if (echo_remover_->converged()) {
    echo_guard_.unmute(EchoRemover::kRemovedDb);
  } else {
    echo_guard_.mute();
  }
}

bool SpeechCapture::is_users_speech(std::span<const std::int16_t> frame, SteadyTime arrival) {
  const bool voiced = vad_->is_speech(frame);
  const bool users = echo_guard_.is_user(level_db(frame), voiced, arrival);
  if (std::exchange(guarded_, echo_guard_.on()) != echo_guard_.on()) {
    const EndpointerConfig& usual = config_.endpoint;
    endpointer_.set_onset(guarded_ ? EchoGuard::kOnset : usual.onset,
                          guarded_ ? EchoGuard::kOnsetWindow : usual.onset_window);
  }
  // Who has interrupted the device is heard to the end; what is left of the reply does no harm any more.
  return endpointer_.speaking() && barge_in_told_ ? voiced : users;
}

void SpeechCapture::act_on(Endpoint endpoint, SteadyTime now) {
  switch (endpoint) {
    case Endpoint::kNone:
      return;
    case Endpoint::kSpeechStarted:
      return begin_utterance(now);
    case Endpoint::kPaused:
      return begin_pause();
    case Endpoint::kResumed:
      return resume();
    case Endpoint::kSpeechEnded:
    case Endpoint::kTooShort:
    case Endpoint::kNoSpeech:
      return end_utterance(endpoint, now);
  }
}

void SpeechCapture::begin_utterance(SteadyTime now) {
  ++utterance_.number;
  speech_ = guarded_ ? EchoGuard::kOnset : config_.endpoint.onset;
  barge_in_told_ = false;
  const auto ended = std::exchange(silence_ended_, std::nullopt);
  if (ended && !echo_guard_.on()) {
    const auto pause = std::chrono::duration_cast<Milliseconds>(now - *ended) - config_.endpoint.onset;
    const Milliseconds silence = silence_.silence(completeness(words_, config_.language));
    if (pause >= silence && pause <= silence + kCutOff) silence_.on_pause(pause);
  }
  words_.clear();
  words_at_pause_.clear();
  words_stream_ = false;
  last_word_.reset();
  adapt_silence();
  paused_ = false;
  const UtteranceId id = utterance_;
  // The recogniser runs on this strand and calls nothing after its stream is dropped, so `this` is safe.
  AsrCallbacks callbacks;
  times_ = std::make_shared<UtteranceTimes>();
  callbacks.on_provider = [times = times_](const ProviderNote& served) { times->recogniser.note(served); };
  callbacks.on_interim = [this, id](const std::string& words) { on_interim(id, words); };
  callbacks.on_final = [this, id, times = times_](Result<Transcript> transcript) {
    drop_decided(id);
    times->decided = clock_.now();
    if (!transcript) times->recogniser.error = transcript.error().code;
    if (handlers_.on_times) handlers_.on_times(id, *times);
    handlers_.on_transcript(id, std::move(transcript));
  };
  stream_ = asr_.open({.language = config_.language}, strand_, std::move(callbacks));
  const std::vector<std::int16_t> head(pre_roll_.begin(), pre_roll_.end());
  pre_roll_.clear();
  stream_->write(head);
}

void SpeechCapture::on_interim(UtteranceId id, const std::string& words) {
  if (!stream_ || id != utterance_) return;
  const auto behind = std::chrono::duration_cast<Milliseconds>(clock_.now() - endpointer_.speech_ended_at());
  if (words != words_ && behind.count() > 0) last_word_ = behind;
  words_ = words;
  if (!paused_) words_stream_ = true;
  adapt_silence();
  if (endpointer_.pause_now()) return begin_pause();
  tell_pause();
}

void SpeechCapture::begin_pause() {
  paused_ = true;
  stream_->pause();
  tell_pause();
}

void SpeechCapture::adapt_silence() {
  const Completeness look = completeness(words_, config_.language);
  const Milliseconds silence = silence_.silence(look);
  endpointer_.set_trailing_silence(silence);
  endpointer_.set_speculation_pause(
      guess_.pause({.look = look, .streamed = words_stream_, .last_word = last_word_}, silence));
}

void SpeechCapture::tell_pause() {
  if (!paused_ || words_.empty() || words_ == words_at_pause_) return;
  words_at_pause_ = words_;
  if (handlers_.on_pause) handlers_.on_pause(utterance_, words_);
}

void SpeechCapture::resume() {
  paused_ = false;
  words_.clear();  // more comes
  last_word_.reset();
  const bool told = !std::exchange(words_at_pause_, {}).empty();
  if (told) guess_.wasted();
  adapt_silence();
  stream_->resume();
  if (told && handlers_.on_resumed) handlers_.on_resumed(utterance_);
}

void SpeechCapture::end_utterance(Endpoint why, SteadyTime now) {
  const UtteranceId id = utterance_;
  const bool by_silence = why == Endpoint::kSpeechEnded && mode_ != ListenMode::kManual;
  silence_ended_ = by_silence ? std::optional(endpointer_.speech_ended_at()) : std::nullopt;
  const UtteranceEnd end{
      .why = why, .speech_ended_at = endpointer_.speech_ended_at(), .cut = endpointer_.cut()};
  if (why == Endpoint::kSpeechEnded && !words_at_pause_.empty()) {
    guess_.right();
    learn_lag();
  }
  std::unique_ptr<AsrStream> stream = std::move(stream_);
  samples_.clear();
  pre_roll_.clear();
  if (why == Endpoint::kSpeechEnded && stream) {
    if (deciding_.size() >= kMaxDeciding) deciding_.erase(deciding_.begin());
    deciding_.push_back({.id = id, .stream = std::move(stream)});
    times_->speech_ended = end.speech_ended_at;
    times_->speech = speech_;
    times_->due = now;
    times_->asked = clock_.now();
    deciding_.back().stream->finish();
  }
  if (mode_ != ListenMode::kManual) begin_waiting(now);  // they may go on until the reply begins
  handlers_.on_end(id, end);
}

void SpeechCapture::learn_lag() {
  if (!words_stream_) return;
  guess_.learn_lag(last_word_.value_or(Milliseconds{0}));
  config_.recogniser_lag->learn(guess_.lag());
}

void SpeechCapture::begin_waiting(SteadyTime now) {
  endpointer_.begin(endpoint_mode(mode_), now);
}

void SpeechCapture::drop_decided(UtteranceId id) {
  // The stream is inside its own callback: it dies when that has returned.
  for (auto it = deciding_.begin(); it != deciding_.end(); ++it) {
    if (it->id != id) continue;
    asio::post(strand_, [stream = std::move(it->stream)] {});
    deciding_.erase(it);
    return;
  }
}

}  // namespace earshot::worker
