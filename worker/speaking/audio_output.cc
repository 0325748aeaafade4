#include "worker/speaking/audio_output.h"

#include <array>
#include <utility>

#include "worker/hearing/speech_level.h"

namespace earshot::worker {

// Says the sentence that it is given. An epoch stands for one turn;
// whatever belongs to an older one is dropped.
//
// Runs on: the strand.
class AudioOutput::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(DownlinkEncoder encoder, TtsProvider& tts, SpokenForm spoken, const Clock& clock, Executor executor,
       Executor strand)
      : encoder_(std::move(encoder)),
        tts_(tts),
        spoken_(std::move(spoken)),
        clock_(clock),
        executor_(std::move(executor)),
        strand_(std::move(strand)) {}

  void set_owner(std::weak_ptr<AudioOutput> owner) { owner_ = std::move(owner); }

  void start(std::uint32_t epoch, bool aloud = true) {
    epoch_ = epoch;
    aloud_ = aloud;
    drop_stream();
    encoder_.reset();
    marked_ = {};
    level_.reset();
  }
  // REQUIRES: the one before is said.
  void say(std::uint32_t epoch, Sentence sentence) {
    if (epoch != epoch_) return;
    current_ = std::move(sentence);
    tell([turn_sentence = current_](AudioOutput& owner) {
      owner.handlers_.on_sentence(*owner.turn_, turn_sentence.number, turn_sentence.text);
    });
    if (!aloud_) return on_spoken(kDone);
    mark(TurnMark::kVoiceAsked, clock_.now());
    // The synthesis runs on this strand and calls nothing after its stream is dropped, so `this` is safe.
    TtsCallbacks callbacks;
    callbacks.on_audio = [this](const Pcm& pcm) {
      measure(pcm);
      const SteadyTime came = clock_.now();
      mark(TurnMark::kVoiceFirst, came);
      pass_on(encoder_.add(pcm), came);
    };
    callbacks.on_provider = [this](const ProviderNote& served) {
      tell([served](AudioOutput& owner) { owner.handlers_.on_provider(*owner.turn_, served); });
    };
    callbacks.on_done = [this](Status status) { on_spoken(std::move(status)); };
    stream_ = tts_.synthesize({.text = spoken_.of(current_.text, current_.language),
                               .language = current_.language,
                               .voice = current_.voice,
                               .speed = current_.speed,
                               .feeling = current_.feeling},
                              strand_, std::move(callbacks));
  }

 private:
  void measure(const Pcm& pcm) {
    if (!level_.add(pcm.samples, pcm.sample_rate_hz)) return;
    tell([level = level_.loudest_db()](AudioOutput& owner) {
      if (owner.handlers_.on_level) owner.handlers_.on_level(level);
    });
  }
  void on_spoken(Status status) {
    drop_stream();
    if (!failed(status)) {
      const SteadyTime came = clock_.now();
      pass_on(encoder_.finish_sentence(), came);
      tell([sentence = current_.number](AudioOutput& owner) {
        if (owner.handlers_.on_said) owner.handlers_.on_said(*owner.turn_, sentence);
        if (!owner.turn_) return;
        ++owner.spoken_;
        owner.speaks_ = false;
        owner.deadline_.reset();
        if (owner.finished_ && owner.spoken_ == owner.sentences_) return owner.end(kDone);
        owner.begin_next(owner.now_);
      });
    }
  }
  bool failed(const Status& status) {
    if (status.ok()) return false;
    tell([error = status.error()](AudioOutput& owner) { owner.end(error); });
    return true;
  }
  void mark(TurnMark what, SteadyTime at) {
    if (std::exchange(marked_[static_cast<std::size_t>(what)], true)) return;
    tell([what, at](AudioOutput& owner) { owner.handlers_.on_mark(*owner.turn_, what, at); });
  }
  void pass_on(Result<std::vector<Bytes>> packets, SteadyTime came) {
    if (!packets.ok()) {
      drop_stream();
      failed(packets.error());
      return;
    }
    if (packets->empty()) return;
    mark(TurnMark::kVoiceEnough, came);
    tell([packets = std::move(*packets), sentence = current_.number](AudioOutput& owner) {
      for (const Bytes& packet : packets) {
        if (!owner.turn_) return;
        owner.unplayed_.sent();
        owner.handlers_.on_audio(*owner.turn_, sentence, packet);
      }
    });
  }
  // The stream may be inside its own callback: it dies when that has returned.
  void drop_stream() {
    if (!stream_) return;
    stream_->cancel();
    asio::post(strand_, [stream = std::move(stream_)] {});
  }
  template <class Action>
  void tell(Action action) {
    asio::post(executor_, [owner = owner_, epoch = epoch_, action = std::move(action)] {
      const auto self = owner.lock();
      if (!self || !self->is_current(epoch)) return;
      self->deadline_ = self->now_ + self->patience_;
      action(*self);
    });
  }

  DownlinkEncoder encoder_;
  SpeechLevel level_;  // of this turn
  TtsProvider& tts_;
  SpokenForm spoken_;
  const Clock& clock_;
  Executor executor_;
  Executor strand_;
  std::weak_ptr<AudioOutput> owner_;
  std::uint32_t epoch_ = 0;
  bool aloud_ = true;
  Sentence current_;
  std::array<bool, static_cast<std::size_t>(TurnMark::kCount)> marked_{};  // in this turn
  std::unique_ptr<TtsStream> stream_;
};

Result<std::shared_ptr<AudioOutput>> AudioOutput::create(int sample_rate_hz, int frame_duration_ms,
                                                         SoundCodec codec, Milliseconds patience,
                                                         TtsProvider& tts, SpokenForm spoken,
                                                         const Clock& clock, Executor executor,
                                                         Executor strand, AudioOutputHandlers handlers) {
  auto encoder = DownlinkEncoder::create(sample_rate_hz, frame_duration_ms, codec);
  if (!encoder) return encoder.error();
  std::shared_ptr<AudioOutput> output(new AudioOutput(Milliseconds(frame_duration_ms), patience,
                                                      std::move(executor), std::move(strand),
                                                      std::move(handlers)));
  output->core_ = std::make_shared<Core>(std::move(*encoder), tts, std::move(spoken), clock,
                                         output->executor_, output->strand_);
  output->core_->set_owner(output);
  return output;
}

AudioOutput::AudioOutput(Milliseconds frame, Milliseconds patience, Executor executor, Executor strand,
                         AudioOutputHandlers handlers)
    : patience_(patience),
      executor_(std::move(executor)),
      strand_(std::move(strand)),
      handlers_(std::move(handlers)),
      unplayed_(frame) {}

AudioOutput::~AudioOutput() {
  close();
}

void AudioOutput::begin(TurnId turn, std::uint32_t sentences) {
  if (!open_) return;
  ++epoch_;
  turn_ = turn;
  sentences_ = sentences;
  spoken_ = sentences;
  finished_ = false;
  feeling_.clear();
  waiting_.clear();
  speaks_ = false;
  unplayed_.begin();
  deadline_.reset();
  asio::post(strand_, [core = core_, epoch = epoch_, aloud = aloud_] { core->start(epoch, aloud); });
}

void AudioOutput::say(std::string sentence, std::string language, SteadyTime now) {
  if (!open_ || !turn_) return;
  now_ = now;
  waiting_.push_back({.number = ++sentences_,
                      .text = std::move(sentence),
                      .language = std::move(language),
                      .voice = voice_,
                      .speed = speed_,
                      .feeling = feeling_});
  begin_next(now);
}

void AudioOutput::begin_next(SteadyTime now) {
  if (speaks_ || waiting_.empty() || unplayed_.at(now) >= kAhead) return;
  speaks_ = true;
  deadline_ = now + patience_;
  asio::post(strand_, [core = core_, epoch = epoch_, sentence = std::move(waiting_.front())]() mutable {
    core->say(epoch, std::move(sentence));
  });
  waiting_.pop_front();
}

void AudioOutput::finish(SteadyTime now) {
  if (!open_ || !turn_) return;
  now_ = now;
  finished_ = true;
  if (spoken_ < sentences_) return;
  asio::post(executor_, [weak = weak_from_this(), epoch = epoch_] {
    const auto self = weak.lock();
    if (self && self->is_current(epoch)) self->end(kDone);
  });
}

void AudioOutput::cancel() {
  if (!open_ || !turn_) return;
  turn_.reset();
  waiting_.clear();
  speaks_ = false;
  deadline_.reset();
  ++epoch_;
  asio::post(strand_, [core = core_, epoch = epoch_] { core->start(epoch); });
}

void AudioOutput::plays(TurnId turn, std::uint32_t frames_played, SteadyTime now) {
  if (turn_ == turn) unplayed_.plays(frames_played, now);
}

void AudioOutput::pauses(SteadyTime now) {
  unplayed_.pauses(now);
}

void AudioOutput::resumes(SteadyTime now) {
  unplayed_.plays(0, now);
}

void AudioOutput::tick(SteadyTime now) {
  now_ = now;
  if (!turn_) return;
  begin_next(now);
  if (speaks_ && deadline_ && now >= *deadline_)
    end(Error{ErrorCode::kTimeout, "the speech synthesis stands still"});
}

void AudioOutput::close() {
  if (!open_) return;
  open_ = false;
  turn_.reset();
  waiting_.clear();
  asio::post(strand_, [core = std::move(core_), epoch = ++epoch_] { core->start(epoch); });
}

void AudioOutput::end(Status status) {
  const TurnId turn = *turn_;
  cancel();
  handlers_.on_done(turn, std::move(status));
}

}  // namespace earshot::worker
